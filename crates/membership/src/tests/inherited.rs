//! Members that others have known before.

use super::*;

#[test]
fn the_inherited_are_alive_and_join_by_showing_themselves() {
    let mut m = members();
    m.inherit(gateway("a", 1), at(9)).unwrap();
    m.inherit_named(addr("b"), id(98), at(7)).unwrap();
    assert_eq!(
        (names(m.healthy(at(6))), names(m.placeable(at(6)))),
        (vec!["a", "b"], vec![])
    );
    assert_eq!(m.get(&addr("b")).unwrap().incarnation(), None);

    let version = m.version();
    assert_eq!(m.heartbeat(gateway("a", 1), at(1)), JOINED);
    assert_eq!(
        m.register(gateway("b", 5), at(1)),
        JOINED,
        "nobody is known to have been there"
    );
    assert!(m.version() > version);
    assert_eq!(names(m.placeable(at(1))), ["a", "b"]);
    assert_eq!(
        m.get(&addr("a")).unwrap().deadline(),
        at(9),
        "never earlier than inherited"
    );
}

#[test]
fn of_an_address_alone_nobody_is_settled_before_its_time() {
    let mut m = members();
    m.register(gateway("a", 1), at(0)).unwrap();
    for name in ["a", "b"] {
        m.inherit_address(addr(name), id(98), at(9)).unwrap();
    }
    assert_eq!(m.heartbeat(gateway("b", 2), at(1)), JOINED);
    assert_eq!(names(m.placeable(at(8))), [""; 0]);
    m.heartbeat(gateway("a", 1), at(8)).unwrap();
    m.heartbeat(gateway("b", 2), at(8)).unwrap();
    m.expire(at(9));
    assert_eq!(names(m.placeable(at(9))), ["a", "b"]);
}

#[test]
fn who_has_not_joined_can_be_spared_and_who_has_can_t() {
    let mut m = members();
    m.inherit(gateway("a", 1), at(2)).unwrap();
    m.inherit_named(addr("b"), id(98), at(2)).unwrap();
    m.inherit(gateway("c", 3), at(2)).unwrap();
    m.heartbeat(gateway("c", 3), at(0)).unwrap();
    let end = m.get(&addr("c")).unwrap().deadline();
    m.spare_unjoined(at(1), at(60));
    assert_eq!(m.get(&addr("a")).unwrap().deadline(), at(2), "not due yet");
    m.spare_unjoined(end, at(60));
    let gone = m.expire(end);
    assert_eq!(names(gone.iter()), ["c"]);
    assert_eq!(names(m.healthy(at(59))), ["a", "b"]);
    m.spare_unjoined(at(60), at(60));
    assert_eq!(m.expire(at(60)).len(), 2, "not for ever");
}

#[test]
fn an_inherited_process_is_replaced_like_another() {
    let mut m = members();
    m.inherit(gateway("a", 1), at(9)).unwrap();
    assert!(matches!(
        m.heartbeat(gateway("a", 2), at(1)),
        Err(MembershipError::Superseded { by, .. }) if by == Incarnation::new(1)
    ));
    assert!(matches!(
        m.register(gateway("a", 2), at(1)),
        Ok(Outcome::Replaced { .. })
    ));
    assert_eq!(names(m.placeable(at(8))), [""; 0]);
    m.expire(at(9));
    assert_eq!(
        m.get(&addr("a")),
        None,
        "it lasts as long as the old one, without heartbeats"
    );
}

/// A leader may hear of a gateway before it has read the store.
#[test]
fn what_is_inherited_late_holds_back_another_process() {
    let mut m = members();
    m.register(gateway("a", 2), at(1)).unwrap();
    m.inherit(gateway("a", 1), at(9)).unwrap();
    m.inherit_named(addr("a"), id(97), at(20)).unwrap();
    let a = m.get(&addr("a")).unwrap();
    assert_eq!(
        (a.incarnation(), a.settles_at()),
        (Some(Incarnation::new(2)), Some(at(9)))
    );
    assert!(a.joined() && !a.is_placeable(at(8)));
    // The order of the two is not known: the stored one may be the newer.
    assert!(matches!(
        m.register(gateway("a", 1), at(2)),
        Ok(Outcome::Replaced { .. })
    ));
}

#[test]
fn an_address_only_named_holds_no_node_id() {
    let mut m = members();
    m.inherit_named(addr("a1"), id(97), at(9)).unwrap();
    assert_eq!(m.register(gateway("a2", 1), at(0)), JOINED);
    assert!(m.register(gateway("a1", 1), at(0)).is_err());
    // One that stands in the store may be acting, whoever else has its ID.
    m.inherit(gateway("a3", 1), at(9)).unwrap();
    assert_eq!(names(m.healthy(at(0))), ["a1", "a2", "a3"]);
    assert!(m.heartbeat(gateway("a3", 1), at(0)).is_err());
    m.deregister(&addr("a3"));
    assert!(
        m.heartbeat(gateway("a4", 1), at(0)).is_err(),
        "a2 still has it"
    );
}

#[test]
fn of_two_inherited_with_one_node_id_the_first_to_show_itself_joins() {
    let mut m = members();
    m.inherit(gateway("a1", 1), at(9)).unwrap();
    m.inherit(gateway("a2", 1), at(9)).unwrap();
    assert!(
        m.register(gateway("a3", 1), at(0)).is_err(),
        "a newcomer waits for both"
    );
    assert_eq!(m.heartbeat(gateway("a2", 1), at(0)), JOINED);
    assert!(m.heartbeat(gateway("a1", 1), at(0)).is_err());
    assert_eq!(m.heartbeat(gateway("a2", 1), at(1)), RENEWED);
}
