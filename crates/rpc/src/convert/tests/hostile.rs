//! What must not get in, and what must not get out.

use std::time::Duration;

use groupkeeper_registry::peer::{
    Ack, Changes, Decision, Found, Leave, News, RegistryStatus, Revokes, Standing,
};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Stamp};
use prost::Message as _;

use crate::convert::{group, heartbeat};
use crate::proto::ack::Changes as WireChanges;
use crate::{InvalidMessage, MAX_ANSWER_BYTES, MAX_LIST_LEN, proto};

pub(super) fn wire_ack() -> proto::Ack {
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

pub(super) fn decision(group: &str) -> Decision {
    Decision {
        group: GroupName::new(group).unwrap(),
        coordinator: GatewayAddr::new("gw:9092").unwrap(),
        stamp: Stamp::ZERO,
    }
}

pub(super) fn ack(decisions: Vec<Decision>) -> Ack {
    Ack {
        epoch: Epoch::new(1),
        stamp: Stamp::ZERO,
        changes: Changes::Since(decisions.into_iter().map(Into::into).collect()),
        members: None,
        standing: Standing::Member,
        lease: Duration::ZERO,
        inherited: Stamp::ZERO,
        lineage: None,
        token_floor: Stamp::ZERO,
        inherited_over: false,
        revokes: Revokes::default(),
        ask_again: None,
    }
}

pub(super) fn gateway() -> proto::Gateway {
    proto::Gateway {
        addr: "gw:1".into(),
        rpc: "gw:2".into(),
        incarnation: 1,
    }
}

#[track_caller]
pub(super) fn refused<T: std::fmt::Debug>(field: &str, result: Result<T, InvalidMessage>) {
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
    let news = vec![proto::News::from(News::from(decision("g"))); MAX_LIST_LEN + 1];
    let changes = Some(WireChanges::Since(proto::Decisions { news }));
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

/// An earlier version takes two spellings for two gateways: what it says of the one is not said of the other.
#[test]
fn another_spelling_of_an_address_is_refused_with_the_cure() {
    for (spelled, canonical) in [("GW.:9092", "gw:9092"), ("[0::1]:9092", "[::1]:9092")] {
        let of = |addr: &str| {
            let message = proto::Decision {
                coordinator: addr.to_owned(),
                ..decision("g").into()
            };
            Decision::try_from(message).map(|decision| decision.coordinator)
        };
        let error = of(spelled).unwrap_err().to_string();
        assert!(
            error.contains(&format!("restarted as `{canonical}`")),
            "{error}"
        );
        assert_eq!(of(canonical).unwrap().as_str(), canonical);
        // What a store has from before addresses were checked is passed on.
        let stored = of("10.0.0.300:9092").unwrap();
        assert_eq!(stored, GatewayAddr::stored("10.0.0.300:9092").unwrap());
    }
}
