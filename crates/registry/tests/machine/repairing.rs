//! What a change of the store, or another program, has left behind is found at take-over and by the
//! scrub, and put right without losing what was decided.

use std::time::Duration;

use groupkeeper_assignment_store::{
    Listed, ReadError, StoredGateways, UnreadableGateway, WriteError,
};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, BatchChange, Effect, Input, OpId, StoreWork};
use groupkeeper_registry::peer::{Decision, Heartbeat, Standing};
use groupkeeper_types::{GatewayAddr, Stamp};

use crate::drive::{Driven, addr, admission, decision, gateway, heartbeat, record, stamp};
use crate::stored::*;

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
    assert_eq!(assigned[0].stamp.epoch.number(), 6);
}

#[test]
fn a_gateway_that_never_existed_keeps_its_groups_for_the_grace_and_no_longer() {
    let mut leader = leading(vec![listed(&decision("g", 66, stamp(5, 3)))]);
    let told = format!(
        "assigned to {}, where no gateway has shown itself",
        addr(66)
    );
    let grace = Config::default().timing.wait();
    let begun = leader.now;
    let (mut heard, mut moved) = ([0; 2], None);
    while moved.is_none() && leader.now < begun + Duration::from_secs(20) {
        let changes = live(&mut leader, &[gateway(2), gateway(3)], &mut heard);
        moved = moved_at(&leader, &changes);
    }
    let moved = moved.expect("it moves");
    assert!(is_told(&mut leader, &told));
    assert!(moved >= begun + grace, "{moved:?}");
    assert!(moved <= begun + grace + Duration::from_secs(1), "{moved:?}");
}

/// Now, if the record or a change moves groups. A gateway's groups move by failover, all at once.
fn moved_at(leader: &Driven, changes: &[BatchChange]) -> Option<groupkeeper_types::Moment> {
    let moves = changes.iter().any(|change| {
        matches!(change, BatchChange::Assign(d) | BatchChange::Rewrite(d) if d.coordinator != addr(66))
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
        matches!(&changes[1], BatchChange::Assign(d) if d.group.as_str() == "g" && d.stamp.epoch.number() == 6),
        "{changes:?}"
    );
    // Nobody is asked for it any more.
    let ack = leader.heartbeat(heartbeat(&gateway(3), 6, Stamp::ZERO));
    assert_eq!(ack.unwrap().revokes.groups, []);
}

/// Gateways 2 and 3 say that they live, and act on what they are told to give up.
fn beat(leader: &mut Driven, heard: &mut [u64; 2]) {
    for (gateway, heard) in [gateway(2), gateway(3)].iter().zip(heard) {
        let said = Heartbeat {
            revokes_heard: *heard,
            ..heartbeat(gateway, 6, Stamp::ZERO)
        };
        *heard = leader.heartbeat(said).unwrap().revokes.number;
    }
}

/// Takes the next write or verification, and says whether it sets something aside.
fn written_now(leader: &mut Driven) -> Option<(OpId, bool)> {
    leader.take(|effect| match effect {
        Effect::Store {
            op,
            work: StoreWork::Commit(batch),
        } => {
            let aside = |it: &BatchChange| matches!(it, BatchChange::SetAside(_));
            Some((*op, batch.changes.iter().any(aside)))
        }
        Effect::Store {
            op,
            work: StoreWork::Verify(_),
        } => Some((*op, false)),
        _ => None,
    })
}

#[test]
fn what_the_store_does_not_move_stays_and_is_told_once() {
    let mut leader = leading(vec![torn("g")]);
    let mut heard = [0; 2];
    let mut refused = 0;
    for _ in 0..60 {
        beat(&mut leader, &mut heard);
        leader.pass(Duration::from_millis(500));
        if let Some(op) = listing(&mut leader, true) {
            list(&mut leader, op, vec![torn("g")]);
        }
        while let Some((op, aside)) = written_now(&mut leader) {
            refused += usize::from(aside);
            let why = "it is a directory".to_owned();
            let error = WriteError::Unsupported { why };
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

/// What stands for this group under a name that tells nothing.
fn digest(group: &str) -> (Listed, Result<Option<&'static Decision>, ReadError>) {
    let name = format!("digest-of-{group}");
    let why = "it is torn".to_owned();
    let listed = Listed::Unreadable {
        name: name.clone(),
        group: None,
        why: why.clone(),
    };
    (listed, Err(ReadError::Unreadable { what: name, why }))
}

#[test]
fn what_is_named_by_a_digest_is_set_aside_when_its_group_is_asked_for() {
    let (torn, read) = digest("g");
    let mut leader = leading(vec![torn]);
    assert!(is_told(&mut leader, "digest-of-g"));
    let (_, changes) = until_scrub(&mut leader);
    assert_eq!(changes, [], "nobody can tell whose it is");
    let group = groupkeeper_types::GroupName::new("g").unwrap();
    let call = groupkeeper_registry::machine::CallId(99);
    leader.step(Input::Assign { call, group });
    load(&mut leader, "g", &read);
    let mut heard = [0; 2];
    let mut changes = Vec::new();
    for _ in 0..10 {
        changes.extend(live(&mut leader, &[gateway(2), gateway(3)], &mut heard));
    }
    let aside = BatchChange::SetAside("digest-of-g".to_owned());
    assert_eq!(changes.first(), Some(&aside));
    assert!(matches!(&changes[1..], [BatchChange::Assign(d)] if d.group.as_str() == "g"));
}

#[test]
fn what_is_named_by_a_digest_is_set_aside_when_its_group_is_missed() {
    let g = decision("g", 2, stamp(5, 3));
    let mut leader = leading(vec![listed(&g)]);
    let (op, _) = until_scrub(&mut leader);
    let (torn, read) = digest("g");
    list(&mut leader, op, vec![torn]);
    load(&mut leader, "g", &read);
    leader.pass(Duration::from_millis(500));
    let aside = BatchChange::SetAside("digest-of-g".to_owned());
    assert_eq!(commits(&mut leader), [aside, BatchChange::Rewrite(g)]);
}

#[test]
fn a_gateway_whose_record_can_t_be_read_is_taken_for_alive_and_written_anew() {
    let unreadable = |name: &str| UnreadableGateway {
        name: format!("dir/{name}"),
        addr: GatewayAddr::new(name).ok(),
        why: "it is torn".to_owned(),
    };
    let timing = Config::default().timing;
    let mut leader = Driven::new(&gateway(1));
    leader.begin(&record(&gateway(3), stamp(5, 50), stamp(5, 50)));
    leader.gateways_found(&StoredGateways {
        records: [1, 3].map(|n| admission(&gateway(n))).into(),
        unreadable: vec![unreadable(addr(2).as_str()), unreadable("no address")],
    });
    assert!(is_told(&mut leader, &format!("when {} joins", addr(2))));
    assert!(is_told(&mut leader, "does not tell its address"));
    let op = listing(&mut leader, false).expect("it lists: one file does not stop it");
    list(
        &mut leader,
        op,
        vec![listed(&decision("g", 2, stamp(5, 3)))],
    );
    // Some process there may be acting until its lease is over, and this may be another.
    let said = heartbeat(&gateway(2), 6, Stamp::ZERO);
    let mut end = Duration::ZERO;
    while end < timing.wait() - timing.heartbeat_every {
        let ack = leader.heartbeat(said.clone()).unwrap();
        assert_eq!(
            (ack.standing, ack.lease),
            (Standing::Settling, Duration::ZERO)
        );
        leader.pass_with_store(timing.heartbeat_every);
        end += timing.heartbeat_every;
    }
    leader.heartbeat(said.clone()).unwrap();
    leader.pass_with_store(timing.heartbeat_every + timing.margin);
    leader.heartbeat(said.clone()).unwrap();
    leader.pass_with_store(timing.heartbeat_every);
    let ack = leader.heartbeat(said).unwrap();
    assert_eq!(ack.standing, Standing::Member);
    assert!(ack.lease > Duration::ZERO);
}

#[test]
fn what_can_t_be_set_aside_is_told_once_and_no_longer_tried() {
    let torn: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(torn).to_vec();
    let mut leader = leading(torn);
    let mut heard = [0; 2];
    let mut tried = 0;
    for _ in 0..60 {
        beat(&mut leader, &mut heard);
        for _ in 0..50 {
            leader.pass(Duration::from_millis(10));
            let Some((op, aside)) = written_now(&mut leader) else {
                continue;
            };
            let why = "it is a directory".to_owned();
            let refused = Err(WriteError::Unsupported { why });
            tried += usize::from(aside);
            leader.written(op, if aside { refused } else { Ok(()) });
        }
    }
    assert_eq!(tried, 4, "it goes on for ever");
    assert!(is_told(&mut leader, "can't be set aside"));
    assert!(!is_told(&mut leader, "can't be set aside"));
    assert_eq!(leader.machine.head().unreadable, 6);
}
