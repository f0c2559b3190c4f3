//! A leader that reads what is stored, and what it makes of it.

use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, GatewayRecord, LeaderRecord, Listed, ReadError};
use groupkeeper_registry::machine::{Answer, BatchChange, Effect, Input, OpId, Report, StoreWork};
use groupkeeper_registry::peer::{Decision, Heartbeat};
use groupkeeper_types::{GroupName, Stamp, WallTime};

use crate::drive::{Driven, gateway, heartbeat, record, stamp};

pub(crate) fn listed(decision: &Decision) -> Listed {
    Listed::Assignment(stored(decision))
}

pub(crate) fn stored(decision: &Decision) -> Assignment {
    Assignment {
        group: decision.group.clone(),
        coordinator: decision.coordinator.clone(),
        stamp: decision.stamp,
        assigned_at: WallTime::EPOCH,
    }
}

pub(crate) fn torn(group: &str) -> Listed {
    Listed::Unreadable {
        name: format!("dir/{group}"),
        group: GroupName::new(group).ok(),
        why: "it is torn".to_owned(),
    }
}

/// Gateway 1 leads in epoch 6 what was settled at (5, 50), and has listed these.
pub(crate) fn leading(entries: Vec<Listed>) -> Driven {
    let found: LeaderRecord = record(&gateway(3), stamp(5, 50), stamp(5, 50));
    let all = [gateway(1), gateway(2), gateway(3)];
    let mut leader = Driven::leading(&gateway(1), &found, &all);
    let op = listing(&mut leader, false).expect("it lists");
    list(&mut leader, op, entries);
    leader
}

pub(crate) fn listing(leader: &mut Driven, wanted: bool) -> Option<OpId> {
    leader.take(|effect| match effect {
        Effect::List { op, slowly } if *slowly == wanted => Some(*op),
        _ => None,
    })
}

pub(crate) fn list(leader: &mut Driven, op: OpId, entries: Vec<Listed>) {
    for answer in [Answer::Listed(entries), Answer::ListEnded(Ok(()))] {
        leader.step(Input::Answer { op, answer });
    }
}

/// Everybody lives, and gives up what it is asked to, until the leader lists slowly. Returns what it
/// has committed meanwhile.
pub(crate) fn until_scrub(leader: &mut Driven) -> (OpId, Vec<BatchChange>) {
    let mut heard = [0; 2];
    let mut commits = Vec::new();
    for _ in 0..200 {
        if let Some(op) = listing(leader, true) {
            return (op, commits);
        }
        commits.extend(live(leader, &[gateway(2), gateway(3)], &mut heard));
    }
    panic!("it never lists");
}

/// Half a second of these gateways' lives; what the leader commits in it.
pub(crate) fn live(
    leader: &mut Driven,
    gateways: &[GatewayRecord],
    heard: &mut [u64],
) -> Vec<BatchChange> {
    let mut changes = Vec::new();
    for (gateway, heard) in gateways.iter().zip(heard) {
        let said = Heartbeat {
            revokes_heard: *heard,
            ..heartbeat(gateway, 6, Stamp::ZERO)
        };
        *heard = leader.heartbeat(said).unwrap().revokes.number;
    }
    for _ in 0..50 {
        leader.pass(Duration::from_millis(10));
        changes.extend(commits(leader));
    }
    changes
}

/// Takes and confirms what is being committed.
pub(crate) fn commits(leader: &mut Driven) -> Vec<BatchChange> {
    let mut changes = Vec::new();
    for _ in 0..Driven::MOST_WRITES {
        let asked = leader.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Commit(batch),
            } => Some((*op, batch.changes.clone())),
            Effect::Store {
                op,
                work: StoreWork::Verify(_),
            } => Some((*op, Vec::new())),
            _ => None,
        });
        let Some((op, batch)) = asked else {
            return changes;
        };
        changes.extend(batch);
        leader.written(op, Ok(()));
    }
    panic!("it writes for ever: a commit was made, and it wants the next");
}

pub(crate) fn load(leader: &mut Driven, group: &str, found: &Result<Option<&Decision>, ReadError>) {
    let wanted = GroupName::new(group).unwrap();
    leader.answer_store(|work| match work {
        StoreWork::Load(group) if *group == wanted => {
            Some(Answer::Loaded(found.clone().map(|found| found.map(stored))))
        }
        _ => None,
    });
}

pub(crate) fn is_told(leader: &mut Driven, part: &str) -> bool {
    let told = |effect: &Effect| match effect {
        Effect::Report(Report::Alarm(text)) if text.contains(part) => Some(()),
        _ => None,
    };
    leader.take(told).is_some()
}

pub(crate) fn begins_again(leader: &mut Driven) -> bool {
    leader.has_store(|work| matches!(work, StoreWork::ReadRecord))
}
