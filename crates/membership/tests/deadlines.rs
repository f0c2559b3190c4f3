//! Who is gone when, and whom a listing has.

#![allow(missing_docs, reason = "tests")]

use std::time::Duration;

use groupkeeper_membership::{Gateway, Member, Members};
use groupkeeper_types::{GatewayAddr, Incarnation, Moment, NodeId, RpcAddr};

const LEASE: u64 = 10;

fn at(micros: u64) -> Moment {
    Moment::from_micros(micros)
}

fn gateway(who: u16) -> Gateway {
    Gateway {
        addr: GatewayAddr::new(&format!("gw{who}:9092")).expect("it is one"),
        node_id: NodeId::new(i32::from(who) + 1).expect("it is one"),
        incarnation: Incarnation::new(u64::from(who)),
        rpc: RpcAddr::new(&format!("gw{who}:1")).expect("it is one"),
    }
}

fn members() -> Members {
    Members::new(Duration::from_micros(LEASE))
}

fn addrs<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<GatewayAddr> {
    members.map(|member| member.addr.clone()).collect()
}

#[test]
fn the_first_that_is_gone_is_the_one_that_was_silent_for_longest() {
    let mut members = members();
    assert_eq!(members.next_expiry(), None);
    members.register(gateway(1), at(5)).unwrap();
    members.register(gateway(0), at(7)).unwrap();
    assert_eq!(members.next_expiry(), Some(at(5 + LEASE)));
    members.heartbeat(gateway(1), at(9)).unwrap();
    assert_eq!(members.next_expiry(), Some(at(7 + LEASE)));
}

#[test]
fn who_is_over_its_deadline_is_listed_and_not_healthy_until_it_is_taken_out() {
    let mut members = members();
    for who in [1, 0] {
        members.register(gateway(who), at(u64::from(who))).unwrap();
    }
    let both = [0, 1].map(|who| gateway(who).addr);
    assert_eq!(addrs(members.iter()), both);
    let now = at(LEASE);
    assert_eq!(addrs(members.healthy(now)), both[1..]);
    assert_eq!(addrs(members.iter()), both);
    members.expire(now);
    assert_eq!(addrs(members.iter()), both[1..]);
}

#[test]
fn at_an_address_of_which_something_is_stored_nobody_is_settled_before_that_is_over() {
    let mut members = members();
    let Gateway { addr, node_id, .. } = gateway(0);
    members
        .inherit_address(addr.clone(), node_id, at(30))
        .unwrap();
    members.register(gateway(0), at(5)).unwrap();
    let settles = members.get(&addr).and_then(Member::settles_at);
    assert_eq!(settles, Some(at(30)));
}

#[test]
fn who_has_not_joined_is_spared_until_a_moment_and_not_at_it() {
    for (until, there) in [(12, true), (11, false)] {
        let mut members = members();
        members.inherit(gateway(0), at(10)).unwrap();
        members.spare_unjoined(at(11), at(until));
        members.expire(at(11));
        assert_eq!(members.len() == 1, there, "until {until}");
    }
}
