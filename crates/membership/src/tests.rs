mod inherited;
mod processes;

use std::time::Duration;

use groupkeeper_types::{GatewayAddr, Incarnation, Moment, NodeId, RpcAddr};

use crate::{Gateway, Member, Members, MembersFull, MembershipError, Outcome};

const LEASE: Duration = Duration::from_secs(4);

fn at(seconds: u64) -> Moment {
    Moment::ZERO + Duration::from_secs(seconds)
}

fn addr(name: &str) -> GatewayAddr {
    GatewayAddr::new(&format!("{name}:9092")).expect("an address")
}

fn id(number: i32) -> NodeId {
    NodeId::new(number).expect("positive")
}

/// The gateway `name`, in its life `incarnation`. Its node ID is its first letter.
fn gateway(name: &str, incarnation: u64) -> Gateway {
    Gateway {
        addr: addr(name),
        node_id: id(i32::from(name.as_bytes()[0])),
        incarnation: Incarnation::new(incarnation),
        rpc: RpcAddr::new(&format!("{name}:{}", 10_000 + incarnation)).expect("an address"),
    }
}

fn members() -> Members {
    Members::new(LEASE)
}

fn names<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<&'a str> {
    members.map(|member| member.addr.host()).collect()
}

const JOINED: Result<Outcome, MembershipError> = Ok(Outcome::Joined { lapsed: None });
const RENEWED: Result<Outcome, MembershipError> = Ok(Outcome::Renewed);

#[test]
fn a_heartbeat_joins_and_then_renews() {
    let mut m = members();
    assert_eq!(m.heartbeat(gateway("b", 1), at(0)), JOINED);
    assert_eq!(m.register(gateway("a", 1), at(1)), JOINED);
    let version = m.version();
    assert_eq!(m.heartbeat(gateway("b", 1), at(2)), RENEWED);
    assert_eq!(m.register(gateway("a", 1), at(2)), RENEWED);
    assert_eq!(m.version(), version);
    assert_eq!(names(m.healthy(at(5))), ["a", "b"]);
    assert_eq!((m.len(), m.next_deadline()), (2, Some(at(6))));
    let a = m.get(&addr("a")).unwrap();
    assert_eq!(
        (a.incarnation(), a.rpc()),
        (Some(Incarnation::new(1)), Some(&gateway("a", 1).rpc))
    );
}

#[test]
fn the_silent_go_in_the_order_of_their_deadlines() {
    let mut m = members();
    for (name, second) in [("c", 0), ("b", 1), ("a", 1), ("d", 2)] {
        m.heartbeat(gateway(name, 1), at(second)).unwrap();
    }
    assert_eq!(m.expire(at(4) - Duration::from_micros(1)), []);
    assert_eq!(
        names(m.healthy(at(4))),
        ["a", "b", "d"],
        "gone at the deadline, not after it"
    );
    let version = m.version();
    assert_eq!(names(m.expire(at(5)).iter()), ["c", "a", "b"]);
    assert!(m.version() > version);
    assert_eq!((m.len(), m.next_deadline()), (1, Some(at(6))));
    assert_eq!(names(m.expire(Moment::NEVER).iter()), ["d"]);
    assert!(m.is_empty() && m.next_deadline().is_none());
}

#[test]
fn a_deadline_never_moves_back() {
    let mut m = members();
    m.heartbeat(gateway("a", 1), at(10)).unwrap();
    m.heartbeat(gateway("a", 1), at(3)).unwrap();
    m.inherit(gateway("a", 1), at(5)).unwrap();
    assert_eq!(m.get(&addr("a")).unwrap().deadline(), at(14));
}

#[test]
fn two_addresses_never_share_a_node_id() {
    let mut m = members();
    m.register(gateway("a1", 1), at(0)).unwrap();
    let error = m.heartbeat(gateway("a2", 1), at(1)).unwrap_err();
    assert_eq!(
        error,
        MembershipError::NodeIdTaken {
            addr: addr("a2"),
            other: addr("a1"),
            node_id: id(97)
        }
    );
    let text = error.to_string();
    for part in [
        "a1:9092",
        "a2:9092",
        "97",
        "change one of the two advertised addresses",
    ] {
        assert!(text.contains(part), "{text}");
    }
    m.expire(at(4));
    assert_eq!(m.heartbeat(gateway("a2", 1), at(4)), JOINED);
    m.deregister(&addr("a2"));
    assert_eq!(m.register(gateway("a1", 2), at(5)), JOINED);
}

#[test]
fn a_lapse_is_told_once() {
    let mut m = members();
    m.heartbeat(gateway("a", 1), at(0)).unwrap();
    m.set_draining(&addr("a"), true);
    let version = m.version();
    let Ok(Outcome::Joined {
        lapsed: Some(lapsed),
    }) = m.heartbeat(gateway("a", 1), at(4))
    else {
        panic!("the lease had ended");
    };
    assert_eq!(lapsed.deadline(), at(4));
    assert!(m.version() > version);
    assert!(!m.get(&addr("a")).unwrap().draining);
    assert_eq!(m.expire(at(4)), []);
    // Another process may join by a heartbeat then, too.
    let outcome = m.heartbeat(gateway("a", 2), at(8)).unwrap();
    assert!(!matches!(outcome, Outcome::Renewed));
}

#[test]
fn the_draining_are_healthy_and_get_nothing() {
    let mut m = members();
    assert!(!m.set_draining(&addr("a"), true));
    m.heartbeat(gateway("a", 1), at(0)).unwrap();
    m.heartbeat(gateway("b", 1), at(0)).unwrap();
    let version = m.version();
    assert!(m.set_draining(&addr("a"), true));
    assert_eq!(m.version(), version + 1);
    assert!(m.set_draining(&addr("a"), true));
    m.heartbeat(gateway("a", 1), at(1)).unwrap();
    assert_eq!(m.version(), version + 1);
    assert_eq!(
        (names(m.healthy(at(1))), names(m.placeable(at(1)))),
        (vec!["a", "b"], vec!["b"])
    );
    m.set_draining(&addr("a"), false);
    assert_eq!(names(m.placeable(at(1))), ["a", "b"]);
}

#[test]
fn where_nothing_else_is_said_the_limit_is_what_a_message_can_list() {
    assert_eq!(Members::MAX, groupkeeper_types::MAX_GATEWAYS);
}

#[test]
fn there_is_a_limit() {
    let mut m = members().with_max(1);
    m.heartbeat(gateway("a", 1), at(0)).unwrap();
    let full = MembersFull {
        addr: addr("b"),
        max: 1,
    };
    assert_eq!(
        m.register(gateway("b", 1), at(0)),
        Err(MembershipError::Full(full.clone()))
    );
    assert_eq!(m.inherit(gateway("b", 1), at(9)), Err(full.clone()));
    assert_eq!(m.inherit_named(addr("b"), id(98), at(9)), Err(full));
    assert_eq!(m.heartbeat(gateway("a", 1), at(1)), RENEWED);
    assert!(matches!(
        m.register(gateway("a", 2), at(1)),
        Ok(Outcome::Replaced { .. })
    ));
}
