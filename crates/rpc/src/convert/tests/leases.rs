//! Leases and what is to be given up for them: what must not get in, and what must not get out.

use std::time::Duration;

use groupkeeper_registry::peer::{Ack, Changes, Heartbeat, MemberList, MemberView, Revokes};
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};
use prost::Message as _;

use super::hostile::{ack, decision, gateway, refused, wire_ack};
use crate::convert::heartbeat;
use crate::{MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, proto};

fn given_up(groups: Vec<proto::GroupStamp>) -> proto::HeartbeatRequest {
    proto::HeartbeatRequest {
        gateway: Some(gateway()),
        given_up: groups,
        ..Default::default()
    }
}

fn revoked(groups: Vec<proto::GroupStamp>) -> proto::Ack {
    proto::Ack {
        revokes: Some(proto::Revokes { number: 1, groups }),
        ..wire_ack()
    }
}

fn group_stamp(group: &str) -> proto::GroupStamp {
    proto::GroupStamp {
        group: group.into(),
        stamp: None,
    }
}

#[test]
fn a_lease_for_ever_is_refused_and_never_sent() {
    let leased = |lease_micros| {
        Ack::try_from(proto::Ack {
            lease_micros,
            ..wire_ack()
        })
    };
    let hour = Duration::from_secs(3_600);
    assert_eq!(leased(3_600_000_000).unwrap().lease, hour);
    refused("lease_micros", leased(3_600_000_001));
    refused("lease_micros", leased(u64::MAX));
    let sent = proto::Ack::from(Ack {
        lease: Duration::MAX,
        ..ack(Vec::new())
    });
    assert_eq!(Ack::try_from(sent).unwrap().lease, hour);
}

#[test]
fn an_answer_that_says_nothing_of_leases_gives_none() {
    let ack = Ack::try_from(wire_ack()).unwrap();
    assert_eq!(ack.lease, Duration::ZERO);
    assert!(!ack.inherited_over);
    assert_eq!(ack.revokes, Revokes::default());
}

#[test]
fn endless_lists_of_groups_and_impossible_names_are_refused() {
    let beat = |count| heartbeat(false, given_up(vec![group_stamp("g"); count]));
    assert!(beat(Heartbeat::MAX_GIVEN_UP).is_ok());
    refused("given_up", beat(Heartbeat::MAX_GIVEN_UP + 1));
    let nameless = vec![group_stamp("")];
    refused("group", heartbeat(true, given_up(nameless.clone())));
    refused("group", Ack::try_from(revoked(nameless)));
    let ack = |count| Ack::try_from(revoked(vec![group_stamp("g"); count]));
    assert!(ack(Revokes::MAX).is_ok());
    refused("revokes", ack(Revokes::MAX + 1));
}

#[test]
fn what_was_given_up_beyond_the_bounds_waits_for_the_next_heartbeat() {
    let sent = |name: &str, count| {
        let mut beat = heartbeat(false, given_up(Vec::new())).unwrap();
        beat.given_up = vec![(GroupName::new(name).unwrap(), Stamp::ZERO); count];
        let request = proto::HeartbeatRequest::from(beat);
        assert!(request.encoded_len() <= MAX_REQUEST_BYTES);
        request.given_up.len()
    };
    assert_eq!(sent("g", 256), 256);
    assert_eq!(sent("g", 257), 256);
    assert_eq!(sent(&"g".repeat(32_000), 256), 8);
}

#[test]
fn revokes_that_do_not_fit_are_not_counted_as_told() {
    let revokes = |name: &str, count| Revokes {
        number: 90_000,
        groups: vec![(GroupName::new(name).unwrap(), Stamp::ZERO); count],
    };
    let sent = |revokes| {
        let sent = proto::Ack::from(Ack {
            revokes,
            ..ack(Vec::new())
        });
        let revokes = Ack::try_from(sent).unwrap().revokes;
        (revokes.number, revokes.groups.len())
    };
    assert_eq!(sent(revokes("g", Revokes::MAX)), (90_000, Revokes::MAX));
    assert_eq!(sent(revokes("g", Revokes::MAX + 1)), (0, Revokes::MAX));
    assert_eq!(sent(revokes(&"g".repeat(32_000), 200)), (0, 131));
}

#[test]
fn an_answer_full_of_members_leaves_the_revokes_to_the_next() {
    let host = "h".repeat(63);
    let member = |number| MemberView {
        addr: GatewayAddr::new(&format!("g{number:05}.{host}.{host}.{host}:1")).unwrap(),
        joined: true,
        draining: false,
    };
    let revokes = Revokes {
        number: 9,
        groups: vec![(GroupName::new(&"g".repeat(32_000)).unwrap(), Stamp::ZERO); 120],
    };
    let sent = |count, decisions| {
        let members = (0..count).map(member).collect();
        let members = Some(MemberList {
            version: 1,
            members,
        });
        let sent = proto::Ack::from(Ack {
            members: members.map(std::sync::Arc::new),
            revokes: revokes.clone(),
            ..ack(decisions)
        });
        assert!(sent.encoded_len() <= MAX_ANSWER_BYTES);
        Ack::try_from(sent).unwrap()
    };
    let decisions = vec![decision(&"g".repeat(32_000)); 100];
    let both = sent(50_000, decisions.clone());
    assert_eq!((both.changes, both.revokes.number), (Changes::Reset, 9));
    let neither = sent(65_000, decisions);
    assert_eq!(neither.changes, Changes::Reset);
    assert_eq!(neither.revokes, Revokes::default());
    assert_eq!(neither.members.unwrap().members.len(), 65_000);
}
