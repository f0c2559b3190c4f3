//! What a change of the store, or another program, has left behind is found at take-over and by the
//! scrub, and put right without losing what was decided.

use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, GatewayRecord, LeaderRecord, Listed, ReadError};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, BatchChange, Effect, Input, OpId, Report, StoreWork};
use groupkeeper_registry::peer::{Changes, Decision, Heartbeat, PeerError, Role};
use groupkeeper_types::{GroupName, Stamp, WallTime};

use crate::drive::{Driven, ack, again, decision, gateway, heartbeat, record, stamp};

fn listed(decision: &Decision) -> Listed {
    Listed::Assignment(stored(decision))
}

fn stored(decision: &Decision) -> Assignment {
    Assignment {
        group: decision.group.clone(),
        coordinator: decision.coordinator.clone(),
        stamp: decision.stamp,
        assigned_at: WallTime::EPOCH,
    }
}

fn torn(group: &str) -> Listed {
    Listed::Unreadable {
        name: format!("dir/{group}"),
        group: GroupName::new(group).ok(),
        why: "it is torn".to_owned(),
    }
}

/// Gateway 1 leads in epoch 6 what was settled at (5, 50), and has listed these.
fn leading(entries: Vec<Listed>) -> Driven {
    let found: LeaderRecord = record(&gateway(3), stamp(5, 50), stamp(5, 50));
    let all = [gateway(1), gateway(2), gateway(3)];
    let mut leader = Driven::leading(&gateway(1), &found, &all);
    let op = listing(&mut leader, false).expect("it lists");
    list(&mut leader, op, entries);
    leader
}

fn listing(leader: &mut Driven, wanted: bool) -> Option<OpId> {
    leader.take(|effect| match effect {
        Effect::List { op, slowly } if *slowly == wanted => Some(*op),
        _ => None,
    })
}

fn list(leader: &mut Driven, op: OpId, entries: Vec<Listed>) {
    for answer in [Answer::Listed(entries), Answer::ListEnded(Ok(()))] {
        leader.step(Input::Answer { op, answer });
    }
}

/// Everybody lives, and gives up what it is asked to, until the leader lists slowly. Returns what it
/// has committed meanwhile.
fn until_scrub(leader: &mut Driven) -> (OpId, Vec<BatchChange>) {
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
fn live(leader: &mut Driven, gateways: &[GatewayRecord], heard: &mut [u64]) -> Vec<BatchChange> {
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
fn commits(leader: &mut Driven) -> Vec<BatchChange> {
    let mut changes = Vec::new();
    loop {
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
}

fn load(leader: &mut Driven, group: &str, found: &Result<Option<&Decision>, ReadError>) {
    let wanted = GroupName::new(group).unwrap();
    leader.answer_store(|work| match work {
        StoreWork::Load(group) if *group == wanted => {
            Some(Answer::Loaded(found.clone().map(|found| found.map(stored))))
        }
        _ => None,
    });
}

fn is_told(leader: &mut Driven, part: &str) -> bool {
    let told = |effect: &Effect| match effect {
        Effect::Report(Report::Alarm(text)) if text.contains(part) => Some(()),
        _ => None,
    };
    leader.take(told).is_some()
}

fn begins_again(leader: &mut Driven) -> bool {
    leader.has_store(|work| matches!(work, StoreWork::ReadRecord))
}

#[test]
fn what_another_leader_of_the_same_epoch_decided_takes_a_higher_one() {
    // The record went back from epoch 6 to (5, 50); this leader's epoch is 6 again.
    let lost = decision("g", 2, stamp(6, 70));
    let mut leader = leading(vec![listed(&lost)]);
    assert!(is_told(&mut leader, "another leader of epoch 6"));
    assert!(begins_again(&mut leader));
    let found = record(&gateway(1), stamp(6, 51), stamp(5, 50));
    leader.answer_store(|work| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(found.clone())))),
        _ => None,
    });
    let begun = leader.take(|effect| match effect {
        Effect::Store {
            work: StoreWork::Begin { next, .. },
            ..
        } => Some(next.epoch.get()),
        _ => None,
    });
    assert_eq!(begun, Some(7));
}

#[test]
fn an_older_revision_of_the_same_epoch_is_another_leader_s_too() {
    let mut leader = leading(vec![listed(&decision("g", 2, stamp(6, 50)))]);
    assert!(is_told(&mut leader, "another leader of epoch 6"));
    assert!(begins_again(&mut leader));
}

#[test]
fn a_gateway_tells_the_second_leader_of_one_epoch_of_a_higher_one() {
    let mut follower = Driven::new(&gateway(1));
    let first = record(&gateway(2), stamp(5, 60), stamp(4, 40));
    let said = ack(stamp(5, 60), stamp(4, 40), Changes::Since(Vec::new()));
    follower.acked(&first, said);
    // Its leader is gone; the record went back to epoch 4, and another has begun epoch 5 on it.
    follower.pass(Config::default().timing.heartbeat_every);
    let refused = PeerError::NotLeader { leader: None };
    let op = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    let answer = Answer::Acked(Err(refused));
    let op = op.expect("it sends a heartbeat");
    follower.step(Input::Answer { op, answer });
    follower.pass(Config::default().timing.retry_every);
    let second = record(&gateway(3), stamp(5, 90), stamp(4, 40));
    follower.answer_store(|work| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(second.clone())))),
        _ => None,
    });
    let said = follower.take(|effect| match effect {
        Effect::Heartbeat { to, heartbeat, .. } => Some((to.clone(), heartbeat.epoch.get())),
        _ => None,
    });
    assert_eq!(said, Some((second.rpc.clone(), 6)));
    // It ends that leader's term.
    let found = record(&gateway(2), stamp(4, 40), stamp(4, 40));
    let mut leader = Driven::leading(&gateway(3), &found, &[]);
    assert!(
        leader
            .heartbeat(heartbeat(&gateway(1), 6, stamp(5, 60)))
            .is_err()
    );
    assert_ne!(leader.machine.head().role, Role::Leader);
}

#[test]
fn a_leader_that_was_started_again_and_leads_again_is_no_second_leader_of_its_epoch() {
    let mut follower = Driven::new(&gateway(1));
    // The record that was read last is of the process before; the new one answers at its address.
    let first = record(&gateway(2), stamp(1, 5), stamp(1, 5));
    let second = record(&again(&gateway(2)), stamp(2, 6), stamp(1, 5));
    let said = ack(stamp(2, 6), stamp(1, 5), Changes::Since(Vec::new()));
    follower.acked(&first, said);
    follower.pass(Config::default().timing.heartbeat_every);
    let lost = follower.take(|effect| match effect {
        Effect::Heartbeat { op, .. } => Some(*op),
        _ => None,
    });
    follower.lose(lost.expect("it sends a heartbeat"));
    follower.answer_store(|work| match work {
        StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(second.clone())))),
        _ => None,
    });
    assert!(!is_told(&mut follower, "went backwards"));
    let said = follower.take(|effect| match effect {
        Effect::Heartbeat { heartbeat, .. } => Some(heartbeat.epoch),
        _ => None,
    });
    assert_eq!(said, Some(stamp(2, 6).epoch));
    assert_eq!(follower.machine.head().problem, None);
}

#[test]
fn an_epoch_beyond_all_is_no_epoch_and_its_coordinator_stays() {
    let wild = decision("g", 2, stamp(u64::MAX, 7));
    let mut leader = leading(vec![listed(&wild), listed(&decision("h", 3, stamp(5, 3)))]);
    assert!(!begins_again(&mut leader));
    let (_, changes) = until_scrub(&mut leader);
    let assigned: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            BatchChange::Assign(decision) => Some(decision),
            _ => None,
        })
        .collect();
    assert_eq!(assigned.len(), 1, "{changes:?}");
    assert_eq!(assigned[0].coordinator, wild.coordinator);
    assert_eq!(assigned[0].stamp.epoch.get(), 6);
}

#[test]
fn a_gateway_that_never_existed_keeps_its_groups_for_the_grace_and_no_longer() {
    let mut leader = leading(vec![listed(&decision("g", 66, stamp(5, 3)))]);
    let grace = Config::default().timing.wait();
    let begun = leader.now;
    let (mut heard, mut moved) = ([0; 2], None);
    while moved.is_none() && leader.now < begun + Duration::from_secs(20) {
        let changes = live(&mut leader, &[gateway(2), gateway(3)], &mut heard);
        moved = moved_at(&leader, &changes);
    }
    let moved = moved.expect("it moves");
    assert!(moved >= begun + grace, "{moved:?}");
    assert!(moved <= begun + grace + Duration::from_secs(1), "{moved:?}");
}

/// Now, if the record or a change moves groups. A gateway's groups move by failover, all at once.
fn moved_at(leader: &Driven, changes: &[BatchChange]) -> Option<groupkeeper_types::Moment> {
    let moves = changes.iter().any(|change| {
        matches!(change, BatchChange::Assign(d) | BatchChange::Rewrite(d) if d.coordinator != crate::drive::addr(66))
    });
    moves.then_some(leader.now)
}

#[test]
fn an_assignment_that_vanished_is_written_again_as_it_was() {
    let (g, h) = (decision("g", 2, stamp(5, 3)), decision("h", 3, stamp(5, 4)));
    let mut leader = leading(vec![listed(&g), listed(&h)]);
    let (op, _) = until_scrub(&mut leader);
    list(&mut leader, op, vec![listed(&h)]);
    assert!(is_told(&mut leader, "1 of 2 assignments are missing"));
    load(&mut leader, "g", &Ok(None));
    load(&mut leader, "h", &Ok(Some(&h)));
    assert!(is_told(&mut leader, "`g` has vanished"));
    leader.pass(Duration::from_millis(500));
    assert_eq!(commits(&mut leader), [BatchChange::Rewrite(g)]);
    assert_eq!(leader.machine.head().restored, 1);
    // Once is enough.
    let (op, changes) = until_scrub(&mut leader);
    assert_eq!(changes, []);
    list(
        &mut leader,
        op,
        vec![listed(&decision("g", 2, stamp(5, 3))), listed(&h)],
    );
    let (_, changes) = until_scrub(&mut leader);
    assert_eq!(changes, []);
}

#[test]
fn what_went_back_or_was_changed_is_written_again_unless_the_page_was_old() {
    let (g, h) = (decision("g", 2, stamp(5, 3)), decision("h", 3, stamp(5, 4)));
    let mut leader = leading(vec![listed(&g), listed(&h)]);
    let (op, _) = until_scrub(&mut leader);
    let (old, reference_s) = (decision("g", 3, stamp(4, 1)), decision("h", 2, Stamp::ZERO));
    list(&mut leader, op, vec![listed(&old), listed(&reference_s)]);
    load(&mut leader, "g", &Ok(Some(&old)));
    load(&mut leader, "h", &Ok(Some(&h)));
    leader.pass(Duration::from_millis(500));
    assert_eq!(commits(&mut leader), [BatchChange::Rewrite(g)]);
}

#[test]
fn a_failed_read_puts_nothing_right() {
    let g = decision("g", 2, stamp(5, 3));
    let mut leader = leading(vec![listed(&g)]);
    let (op, _) = until_scrub(&mut leader);
    list(&mut leader, op, vec![]);
    load(&mut leader, "g", &Err(ReadError::unavailable("away")));
    let (op, changes) = until_scrub(&mut leader);
    assert_eq!(changes, []);
    // A listing that broke off does not say what is missing.
    let answer = Answer::ListEnded(Err(ReadError::unavailable("away")));
    leader.step(Input::Answer { op, answer });
    assert!(!leader.has_store(|work| matches!(work, StoreWork::Load(_))));
}

#[test]
fn what_stands_there_unreadable_is_set_aside_for_what_is_known() {
    let g = decision("g", 2, stamp(5, 3));
    let mut leader = leading(vec![listed(&g)]);
    let (op, _) = until_scrub(&mut leader);
    list(&mut leader, op, vec![torn("g")]);
    assert!(is_told(&mut leader, "dir/g"));
    assert_eq!(leader.machine.head().unreadable, 1);
    leader.pass(Duration::from_millis(500));
    let changes = commits(&mut leader);
    let aside = BatchChange::SetAside("dir/g".to_owned());
    assert_eq!(changes, [aside, BatchChange::Rewrite(g)]);
    let head = leader.machine.head();
    assert_eq!((head.unreadable, head.set_aside), (0, 1));
}

#[test]
fn what_was_lost_with_it_is_given_out_anew_when_everybody_has_given_it_up() {
    let h = decision("h", 3, stamp(5, 4));
    let mut leader = leading(vec![torn("g"), listed(&h)]);
    assert_eq!(leader.machine.head().unreadable, 1);
    // Gateway 3 hears nothing for long; gateway 2 may have the group.
    let (mut heard, mut asked) = ([0; 2], false);
    for _ in 0..40 {
        let said = Heartbeat {
            revokes_heard: 0,
            ..heartbeat(&gateway(3), 6, Stamp::ZERO)
        };
        let revokes = leader.heartbeat(said).unwrap().revokes;
        asked |= revokes
            .groups
            .iter()
            .any(|(group, _)| group.as_str() == "g");
        let changes = live(&mut leader, &[gateway(2)], &mut heard[..1]);
        let aside = |change: &BatchChange| matches!(change, BatchChange::SetAside(_));
        assert!(!changes.iter().any(aside), "gateway 3 may have it");
    }
    assert!(asked, "gateway 3 is asked to give it up");
    let mut changes = Vec::new();
    for _ in 0..4 {
        changes.extend(live(&mut leader, &[gateway(2), gateway(3)], &mut heard));
    }
    let changes: Vec<_> = changes
        .into_iter()
        .filter(|change| !matches!(change, BatchChange::Admit(_)))
        .collect();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(changes[0], BatchChange::SetAside("dir/g".to_owned()));
    assert!(
        matches!(&changes[1], BatchChange::Assign(d) if d.group.as_str() == "g" && d.stamp.epoch.get() == 6),
        "{changes:?}"
    );
    // Nobody is asked for it any more.
    let ack = leader.heartbeat(heartbeat(&gateway(3), 6, Stamp::ZERO));
    assert_eq!(ack.unwrap().revokes.groups, []);
}

#[test]
fn what_the_store_does_not_move_stays_and_is_told_once() {
    let mut leader = leading(vec![torn("g")]);
    let mut heard = [0; 2];
    let mut refused = 0;
    for _ in 0..60 {
        for (gateway, heard) in [gateway(2), gateway(3)].iter().zip(&mut heard) {
            let said = Heartbeat {
                revokes_heard: *heard,
                ..heartbeat(gateway, 6, Stamp::ZERO)
            };
            *heard = leader.heartbeat(said).unwrap().revokes.number;
        }
        leader.pass(Duration::from_millis(500));
        if let Some(op) = listing(&mut leader, true) {
            list(&mut leader, op, vec![torn("g")]);
        }
        while let Some((op, aside)) = leader.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Commit(batch),
            } => Some((
                *op,
                batch
                    .changes
                    .iter()
                    .any(|change| matches!(change, BatchChange::SetAside(_))),
            )),
            Effect::Store {
                op,
                work: StoreWork::Verify(_),
            } => Some((*op, false)),
            _ => None,
        }) {
            refused += usize::from(aside);
            let why = "it is a directory".to_owned();
            let error = groupkeeper_assignment_store::WriteError::Unsupported { why };
            leader.written(op, if aside { Err(error) } else { Ok(()) });
        }
    }
    assert_eq!(refused, 1, "it is tried once a term");
    assert_eq!(leader.machine.head().unreadable, 1);
    assert!(is_told(&mut leader, "dir/g"));
    assert!(!is_told(&mut leader, "dir/g"));
    // Mended by hand, it is a group like any other.
    let g = decision("g", 2, stamp(5, 3));
    let (op, _) = until_scrub(&mut leader);
    list(&mut leader, op, vec![listed(&g)]);
    assert_eq!(leader.machine.head().unreadable, 0);
    assert_eq!(leader.machine.head().assignments, Some(1));
}
