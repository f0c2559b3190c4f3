//! A group is given up by whoever has it before another can get it: by the leader itself before it sends
//! the commit, by others before that is decided.

use std::time::Duration;

use groupkeeper_registry::machine::{BatchChange, CallId, Input, StoreWork};
use groupkeeper_registry::peer::Heartbeat;
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use crate::drive::{Driven, addr, decision, gateway, heartbeat, stamp};
use crate::stored::{commits, leading, listed, until_scrub};

fn group() -> GroupName {
    GroupName::new("g").unwrap()
}

/// Gateway 1 leads, earlier leases are over, and `g` is this gateway's.
fn leader(coordinator: u16) -> Driven {
    let mut leader = leading(vec![listed(&decision("g", coordinator, stamp(5, 3)))]);
    until_scrub(&mut leader);
    leader
}

fn reassign(leader: &mut Driven, to: u16) {
    leader.step(Input::Reassign {
        call: CallId(9_999),
        group: group(),
        to: Some(addr(to)),
    });
}

/// To whom `g` is given by what is committed now.
fn given(leader: &mut Driven) -> Option<GatewayAddr> {
    let changes = commits(leader).into_iter();
    let mut assigned = changes.filter_map(|change| match change {
        BatchChange::Assign(decision) if decision.group == group() => Some(decision.coordinator),
        _ => None,
    });
    assigned.next()
}

#[test]
fn a_leader_gives_its_own_group_up_before_it_commits_that_another_has_it() {
    let ways: [fn(&mut Driven); 2] = [
        |leader| reassign(leader, 2),
        |leader| {
            leader.drain(&addr(1));
        },
    ];
    for moves in ways {
        let mut leader = leader(1);
        commits(&mut leader);
        assert!(leader.machine.owns(&group(), leader.now).is_some());
        moves(&mut leader);
        leader.pass(Duration::from_millis(10));
        assert!(leader.has_store(|work| matches!(work, StoreWork::Commit(_))));
        assert_eq!(leader.machine.owns(&group(), leader.now), None);
        leader.write_all();
        assert_eq!(leader.machine.owns(&group(), leader.now), None);
    }
}

#[test]
fn nobody_gets_a_living_gateway_s_group_before_that_one_has_heard_of_it_from_this_leader() {
    let mut leader = leader(2);
    commits(&mut leader);
    reassign(&mut leader, 3);
    assert_eq!(given(&mut leader), None);
    let said = |epoch, revokes_heard| Heartbeat {
        revokes_heard,
        ..heartbeat(&gateway(2), epoch, Stamp::ZERO)
    };
    let revokes = leader.heartbeat(said(6, 0)).unwrap().revokes;
    assert_eq!(revokes.groups, [(group(), stamp(5, 3))]);
    assert_eq!(given(&mut leader), None, "it has not heard");
    leader.heartbeat(said(5, revokes.number)).unwrap();
    assert_eq!(given(&mut leader), None, "it has heard another leader");
    leader.heartbeat(said(6, revokes.number)).unwrap();
    assert_eq!(given(&mut leader), Some(addr(3)));
}
