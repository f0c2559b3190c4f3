//! G1: two gateways that answer for one group, after the last move settled, name the same
//! coordinator.
//!
//! A move is settled when its commit is whole and every gateway has applied its revision or lost the
//! right to answer from its cache. So a gateway that has applied a move never answers with what was
//! before it; one that has not loses its right in bounded time; the store always tells the newest;
//! and nobody ever answers with what no whole commit decided.

use std::time::Duration;

use groupkeeper_registry::Timing;
use groupkeeper_registry::peer::Role;

use super::history::History;
use super::{Outcome, Seen, Source, broken};
use crate::clock::{Time, s};
use crate::world::World;

const NAME: &str = "G1 one answer";

/// The longest time from a move's commit until it is settled: a lease by a slow clock, and the
/// verification that it rests on.
fn settles_within(timing: &Timing) -> Time {
    let drift = timing.lease * timing.drift_ppm / 1_000_000;
    let longest = timing.lease + 2 * drift + timing.verify_every + Duration::from_millis(100);
    u64::try_from(longest.as_micros()).unwrap_or(s(10))
}

pub(crate) fn look(world: &World, history: &History, seen: &Seen<'_>) -> Outcome {
    let Seen::Answered { pid, source, found } = seen else {
        return Ok(());
    };
    let decision = &found.decision;
    let decided = history.of(&decision.group);
    let Some(place) = history.place(decision) else {
        return broken(
            NAME,
            format!(
                "p{pid} answers from {source:?} that {} is at {} ({}), which no whole commit decided",
                decision.group, decision.coordinator, decision.stamp
            ),
        );
    };
    let mut newer = decided[place..].iter();
    let Some(moved) = newer.find(|it| it.coordinator != decision.coordinator) else {
        return Ok(());
    };
    let ago = world.now - moved.at;
    let applied = world
        .processes
        .get(pid)
        .map(|process| process.view.head.applied);
    // Whoever hears from a leader that can't verify its term hears from one that may be deposed, and
    // answers on: look-ups go on without a store. The move is not settled before it stops.
    let leased = world.processes.get(pid).is_some_and(|process| {
        let now = world.hosts[process.slot].clock.show(world.now);
        process.view.is_leased(now)
    });
    let settles = settles_within(&world.config.timing);
    let carried = match source {
        Source::Told => u64::try_from(world.config.timing.find.as_micros()).unwrap_or(s(10)),
        Source::Cache | Source::Leader | Source::Store => 0,
    };
    // Without any leader that acknowledges its heartbeats, it has to stop by itself.
    let alone = *source == Source::Cache
        && world.processes.get(pid).is_some_and(|process| {
            let since = process.heard.map_or(Time::MAX, |heard| world.now - heard);
            process.view.head.role == Role::Follower && since > settles
        });
    let why = if *source == Source::Store {
        "and the store was read after that"
    } else if applied.is_some_and(|applied| applied >= moved.stamp) {
        "and it has applied that"
    } else if (leased || alone) && ago > settles + carried {
        "and may no longer answer from what it knows"
    } else {
        return Ok(());
    };
    broken(
        NAME,
        format!(
            "p{pid} answers from {source:?} that {} is at {} ({}); it moved to {} ({}) {} ms ago, {why}",
            decision.group,
            decision.coordinator,
            decision.stamp,
            moved.coordinator,
            moved.stamp,
            ago / 1_000
        ),
    )
}
