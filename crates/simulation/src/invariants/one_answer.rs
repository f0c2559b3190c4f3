//! G1: two gateways that answer for one group, after the last move settled, name the same
//! coordinator.
//!
//! A move is settled when its commit is whole and every gateway has applied its revision or lost the
//! right to answer from its cache. So a gateway that has applied a move never answers with what was
//! before it; one that has not loses its right in bounded time; the store always tells the newest;
//! and nobody ever answers with what no whole commit decided.
//!
//! While the store is parted that holds on each side. What was decided on a side that is lost counts as
//! moved at that moment. What the store says of a group whose file another copy's was put over is what it
//! read there; who had it in memory goes by that, and whoever begins an epoch after that by the file.

use std::time::Duration;

use groupkeeper_registry::Timing;
use groupkeeper_registry::peer::{Decision, Found, Role};

use super::histories::Histories;
use super::history::History;
use super::{Outcome, Seen, Source, broken};
use crate::clock::{Time, s};
use crate::event::Pid;
use crate::names;
use crate::services::SideId;
use crate::world::World;

const NAME: &str = "G1 one answer";

/// The longest time from a move's commit until it is settled: a lease by a slow clock, and the
/// verification that it rests on.
fn settles_within(timing: &Timing) -> Time {
    let drift = timing.lease * timing.drift_ppm / 1_000_000;
    let longest = timing.lease + 2 * drift + timing.verify_every + Duration::from_millis(100);
    u64::try_from(longest.as_micros()).unwrap_or(s(10))
}

pub(crate) fn look(world: &World, histories: &Histories, seen: &Seen<'_>) -> Outcome {
    let Seen::Answered { pid, source, found } = seen else {
        return Ok(());
    };
    let side = answers_for(world, *pid, *source);
    let Some(side) = side.filter(|side| histories.lost(*side).is_none()) else {
        // Whoever gave it may have been on any side, or decides on the one that is left.
        let mut judged = histories
            .all()
            .map(|(side, lost, history)| judge(world, side, history, lost, *pid, *source, found));
        let first = judged.next().unwrap_or(Ok(()));
        return judged.fold(first, Outcome::or);
    };
    let nothing = History::default();
    let history = histories.of(side).unwrap_or(&nothing);
    judge(world, side, history, None, *pid, *source, found)
}

/// Whether the store says this of a group whose file another copy's was put over: whoever reads it can't
/// know better, until somebody who does writes it again.
fn is_covered(world: &World, side: SideId, source: Source, decision: &Decision) -> bool {
    let reads = matches!(source, Source::Store | Source::Read { .. } | Source::Told);
    world.sides.store(side).is_some_and(|store| {
        let group = names::group_index(&decision.group);
        reads && store.is_covered(group) && store.says(group).as_ref() == Some(decision)
    })
}

/// The side whose decisions somebody answers with; none where that can't be told.
fn answers_for(world: &World, pid: Pid, source: Source) -> Option<SideId> {
    let process = world.processes.get(&pid)?;
    match source {
        Source::Store => Some(world.side_of(pid)),
        Source::Leader => Some(world.sides.branch(pid)),
        Source::Cache if process.view.head.role == Role::Leader => Some(world.sides.branch(pid)),
        Source::Cache => Some(process.heard_on),
        Source::Read { .. } | Source::Told => None,
    }
}

/// Judges an answer by what was decided on one side, which may be lost since then.
fn judge(
    world: &World,
    side: SideId,
    history: &History,
    lost: Option<Time>,
    pid: Pid,
    source: Source,
    found: &Found,
) -> Outcome {
    let decision = &found.decision;
    if is_covered(world, side, source, decision) {
        return Ok(());
    }
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
    let moved = newer.find(|it| it.coordinator != decision.coordinator);
    let times = moved.map(|moved| moved.at).into_iter().chain(lost);
    let Some(since) = times.min() else {
        return Ok(());
    };
    let process = world.processes.get(&pid);
    let applied = process.map(|process| process.view.head.applied);
    let has_applied = moved.is_some_and(|moved| applied >= Some(moved.since));
    let why = if source == Source::Store {
        "and the store was read after that"
    } else if matches!(source, Source::Read { since: began } if since < began) {
        "and the store was asked after that"
    } else if has_applied && lost.is_none() {
        "and it has applied that"
    } else if has_no_right(world, pid, source, since) {
        "and may no longer answer from what it knows"
    } else {
        return Ok(());
    };
    let moved = moved.map_or_else(
        || "that was lost".to_owned(),
        |moved| format!("it moved to {} ({})", moved.coordinator, moved.stamp),
    );
    broken(
        NAME,
        format!(
            "p{pid} answers from {source:?} that {} is at {} ({}); {moved} {} ms ago, {why}",
            decision.group,
            decision.coordinator,
            decision.stamp,
            (world.now - since) / 1_000
        ),
    )
}

/// Whether somebody may not answer any more with what is not so since then.
fn has_no_right(world: &World, pid: Pid, source: Source, since: Time) -> bool {
    let Some(process) = world.processes.get(&pid) else {
        return false;
    };
    // Whoever hears from a leader that can't verify its term hears from one that may be deposed, and
    // answers on: look-ups go on without a store. The move is not settled before it stops.
    let now = world.hosts[process.slot].clock.show(world.now);
    let leased = process.view.is_leased(now);
    let settles = settles_within(world.longest());
    let carried = match source {
        Source::Told => u64::try_from(world.config.timing.find.as_micros()).unwrap_or(s(10)),
        Source::Cache | Source::Leader | Source::Store | Source::Read { .. } => 0,
    };
    // Without any leader that acknowledges its heartbeats, it has to stop by itself.
    let silence = process.heard.map_or(Time::MAX, |heard| world.now - heard);
    let follows = process.view.head.role == Role::Follower;
    let alone = source == Source::Cache && follows && silence > settles;
    (leased || alone) && world.now - since > settles + carried
}
