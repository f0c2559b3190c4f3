//! What must not get in, and what must not get out.

use std::time::Duration;

use groupkeeper_registry::peer::{
    Ack, Changes, Decision, Found, Heartbeat, Leave, MemberList, MemberView, RegistryStatus,
    Revokes, Standing,
};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Stamp};
use prost::Message as _;

use crate::convert::{group, heartbeat};
use crate::proto::ack::Changes as WireChanges;
use crate::{InvalidMessage, MAX_ANSWER_BYTES, MAX_LIST_LEN, MAX_REQUEST_BYTES, proto};

fn wire_ack() -> proto::Ack {
    proto::Ack {
        changes: Some(WireChanges::Reset(proto::Reset {})),
        standing: proto::Standing::Member.into(),
        ..Default::default()
    }
}

fn member(addr: &str) -> proto::Member {
    proto::Member {
        addr: addr.into(),
        ..Default::default()
    }
}

fn decision(group: &str) -> Decision {
    Decision {
        group: GroupName::new(group).unwrap(),
        coordinator: GatewayAddr::new("gw:9092").unwrap(),
        stamp: Stamp::ZERO,
    }
}

fn ack(decisions: Vec<Decision>) -> Ack {
    Ack {
        epoch: Epoch::new(1),
        stamp: Stamp::ZERO,
        changes: Changes::Since(decisions),
        members: None,
        standing: Standing::Member,
        lease: Duration::ZERO,
        inherited: Stamp::ZERO,
        inherited_over: false,
        revokes: Revokes::default(),
    }
}

fn gateway() -> proto::Gateway {
    proto::Gateway {
        addr: "gw:1".into(),
        rpc: "gw:2".into(),
        incarnation: 1,
    }
}

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

#[track_caller]
fn refused<T: std::fmt::Debug>(field: &str, result: Result<T, InvalidMessage>) {
    assert_eq!(result.unwrap_err().field(), field);
}

#[test]
fn an_empty_message_is_refused_by_the_field_it_lacks() {
    refused(
        "gateway",
        heartbeat(false, proto::HeartbeatRequest::default()),
    );
    refused(
        "gateway",
        Leave::try_from(proto::DeregisterRequest::default()),
    );
    refused("group", proto::ReassignRequest::default().parse());
    refused("gateway", proto::DrainRequest::default().parse());
    refused("decision", Found::try_from(proto::Found::default()));
    refused("changes", Ack::try_from(proto::Ack::default()));
    refused(
        "gateway",
        RegistryStatus::try_from(proto::StatsResponse::default()),
    );
}

#[test]
fn impossible_names_are_refused() {
    refused("group", group(""));
    refused("group", group(&"g".repeat(40_000)));
    let request = |to: &str| proto::ReassignRequest {
        group: "g".into(),
        to: Some(to.into()),
    };
    refused("to", request("").parse());
    refused("to", request("gw:0").parse());
    refused("group", heartbeat(true, given_up(vec![group_stamp("")])));
    refused("group", Ack::try_from(revoked(vec![group_stamp("")])));
    let gateway = proto::Gateway {
        rpc: "[::]:7".into(),
        ..gateway()
    };
    let request = proto::HeartbeatRequest {
        gateway: Some(gateway),
        ..Default::default()
    };
    refused("rpc", heartbeat(true, request));
}

#[test]
fn an_unknown_standing_or_role_is_refused() {
    assert!(Ack::try_from(wire_ack()).is_ok());
    refused(
        "standing",
        Ack::try_from(proto::Ack {
            standing: 9,
            ..wire_ack()
        }),
    );
    refused(
        "standing",
        Ack::try_from(proto::Ack {
            standing: 0,
            ..wire_ack()
        }),
    );
    let stats = |role| proto::StatsResponse {
        gateway: Some(gateway()),
        role,
        ..Default::default()
    };
    assert!(RegistryStatus::try_from(stats(3)).is_ok());
    refused("role", RegistryStatus::try_from(stats(0)));
    refused("role", RegistryStatus::try_from(stats(-1)));
}

#[test]
fn a_list_that_lookups_could_not_rely_on_is_refused() {
    let with = |addrs: &[&str]| {
        let members = addrs.iter().map(|addr| member(addr)).collect();
        let members = Some(proto::MemberList {
            version: 1,
            members,
        });
        Ack::try_from(proto::Ack {
            members,
            ..wire_ack()
        })
    };
    assert!(with(&["a:1", "b:1"]).is_ok());
    refused("members", with(&["b:1", "a:1"]));
    refused("members", with(&["a:1", "a:1"]));
    refused("addr", with(&["nowhere"]));
}

#[test]
fn endless_lists_are_refused() {
    let members = vec![member("a:1"); MAX_LIST_LEN + 1];
    let members = Some(proto::MemberList {
        version: 1,
        members,
    });
    let error = Ack::try_from(proto::Ack {
        members,
        ..wire_ack()
    })
    .unwrap_err();
    assert!(error.to_string().contains("65537 entries"), "{error}");
    let decisions = vec![proto::Decision::from(decision("g")); MAX_LIST_LEN + 1];
    let changes = Some(WireChanges::Since(proto::Decisions { decisions }));
    let error = Ack::try_from(proto::Ack {
        changes,
        ..wire_ack()
    })
    .unwrap_err();
    assert!(error.to_string().contains("65537 entries"), "{error}");
}

#[test]
fn more_news_than_fit_are_sent_as_a_reset() {
    let at_most = proto::Ack::from(ack(vec![decision("g"); MAX_LIST_LEN]));
    assert!(matches!(at_most.changes, Some(WireChanges::Since(_))));
    let too_many = proto::Ack::from(ack(vec![decision("g"); MAX_LIST_LEN + 1]));
    assert!(matches!(too_many.changes, Some(WireChanges::Reset(_))));
    let too_large = proto::Ack::from(ack(vec![decision(&"g".repeat(32_000)); 600]));
    assert!(matches!(too_large.changes, Some(WireChanges::Reset(_))));
    assert!(at_most.encoded_len() <= MAX_ANSWER_BYTES);
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
fn endless_lists_of_groups_are_refused() {
    let beat = |count| heartbeat(false, given_up(vec![group_stamp("g"); count]));
    assert!(beat(Heartbeat::MAX_GIVEN_UP).is_ok());
    refused("given_up", beat(Heartbeat::MAX_GIVEN_UP + 1));
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
            members,
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
