//! The searches that have names.

use crate::bounds::{Bounds, Budget, Start};
use crate::seen::Kind;

/// Searches that are run together.
#[derive(Debug, Clone)]
pub struct Config {
    /// What people call it.
    pub name: &'static str,
    /// One after the other.
    pub searches: Vec<Bounds>,
    /// With fewer unique states in all, too little was searched.
    pub at_least: usize,
}

impl Config {
    /// What there is: for debugging, for every change, and for nights.
    pub const NAMES: [&'static str; 3] = ["small", "ci", "wide"];

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        let (name, searches, at_least) = match name {
            "small" => ("small", small(), 20_000),
            "ci" => ("ci", small().into_iter().chain(ci()).collect(), 1_000_000),
            "wide" => ("wide", wide(), 5_000_000),
            _ => return None,
        };
        Some(Self {
            name,
            searches,
            at_least,
        })
    }
}

const NONE: Budget = Budget::NONE;

/// One fault of a kind, or one thing that somebody wants.
fn small() -> Vec<Bounds> {
    use Kind::*;
    let mut start = Bounds::new(
        "start",
        Budget {
            terms: 1,
            questions: 1,
            ..NONE
        },
        &[],
    );
    start.start = Start::Nothing;
    vec![
        start,
        Bounds::new(
            "lost",
            Budget {
                timeouts: 1,
                ..NONE
            },
            &[LeaseOver],
        ),
        Bounds::new("late", Budget { delays: 2, ..NONE }, &[LeaseOver]),
        Bounds::new(
            "restart",
            Budget {
                restarts: 1,
                ..NONE
            },
            &[Returned],
        ),
        Bounds::new("stop", Budget { stops: 1, ..NONE }, &[Moved, Left]),
        Bounds::new(
            "question",
            Budget {
                questions: 1,
                ..NONE
            },
            &[Told],
        ),
        Bounds::new(
            "move",
            Budget { moves: 1, ..NONE },
            &[MovedFromLiving, RevokeHeard],
        ),
    ]
}

/// Faults that meet.
fn ci() -> Vec<Bounds> {
    use Kind::*;
    let mut half = Bounds::new("half a move", Budget { terms: 1, ..NONE }, &[HalfSettled]);
    half.start = Start::HalfMoved;
    vec![
        Bounds::new(
            "move, lost",
            Budget {
                moves: 1,
                timeouts: 1,
                ..NONE
            },
            &[MovedFromLiving, Repeated, LateWrite],
        ),
        Bounds::new(
            "move, late",
            Budget {
                moves: 1,
                delays: 1,
                ..NONE
            },
            &[MovedFromLiving],
        ),
        Bounds::new(
            "move, twice",
            Budget {
                moves: 1,
                copies: 1,
                ..NONE
            },
            &[MovedFromLiving],
        ),
        Bounds::new(
            "restart, lost",
            Budget {
                restarts: 1,
                timeouts: 1,
                ..NONE
            },
            &[Returned, LateWrite],
        ),
        Bounds::new(
            "rivals",
            Budget {
                terms: 1,
                rivals: 1,
                ..NONE
            },
            &[TakeOver, Kept, Refused],
        ),
        Bounds::new(
            "take-over, half",
            Budget {
                terms: 1,
                halves: 1,
                ..NONE
            },
            &[TakeOver, Kept],
        ),
        half,
        Bounds::new(
            "pause",
            Budget { pauses: 1, ..NONE },
            &[MovedFromSilent, LeaseOver],
        ),
        Bounds::new(
            "take-over, lost",
            Budget {
                terms: 1,
                timeouts: 1,
                ..NONE
            },
            &[TakeOver, Kept, LeaseOver, LateWrite],
        ),
    ]
}

/// More faults that meet, for nights.
fn wide() -> Vec<Bounds> {
    use Kind::*;
    vec![
        Bounds::new(
            "rivals, move",
            Budget {
                terms: 1,
                rivals: 1,
                moves: 1,
                ..NONE
            },
            &[TakeOver, Refused, Moved],
        ),
        Bounds::new(
            "take-over, move",
            Budget {
                terms: 1,
                moves: 1,
                ..NONE
            },
            &[TakeOver, Kept, Moved],
        ),
        Bounds::new(
            "rivals, late",
            Budget {
                terms: 1,
                rivals: 1,
                delays: 2,
                ..NONE
            },
            &[TakeOver, Refused],
        ),
        Bounds::new(
            "pause, lost",
            Budget {
                pauses: 1,
                timeouts: 1,
                ..NONE
            },
            &[MovedFromSilent],
        ),
        Bounds::new(
            "restart, take-over",
            Budget {
                restarts: 1,
                terms: 1,
                ..NONE
            },
            &[TakeOver, Returned],
        ),
    ]
}
