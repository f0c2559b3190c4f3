//! Several processes at one address.

use super::*;

#[test]
fn a_new_process_replaces_the_old_and_waits_for_its_lease() {
    let mut m = members();
    m.register(gateway("a", 1), at(0)).unwrap();
    m.set_draining(&addr("a"), true);
    let Ok(Outcome::Replaced { old }) = m.register(gateway("a", 2), at(1)) else {
        panic!("not replaced");
    };
    assert_eq!(
        (old.incarnation(), old.deadline()),
        (Some(Incarnation::new(1)), at(4))
    );
    assert!(old.draining && !m.get(&addr("a")).unwrap().draining);

    assert_eq!(names(m.healthy(at(3))), ["a"]);
    assert_eq!(
        names(m.placeable(at(3))),
        [""; 0],
        "the old one may still be acting"
    );
    assert_eq!(m.next_deadline(), Some(at(4)));
    let version = m.version();
    assert_eq!(m.expire(at(4)), []);
    assert!(m.version() > version, "who may be given groups has changed");
    assert_eq!(names(m.placeable(at(4))), ["a"]);
    assert_eq!(m.next_deadline(), Some(at(5)));
}

#[test]
fn a_replaced_process_stays_replaced_while_the_newer_lives() {
    let mut m = members();
    m.register(gateway("a", 1), at(0)).unwrap();
    m.register(gateway("a", 2), at(1)).unwrap();
    let superseded = Err(MembershipError::Superseded {
        addr: addr("a"),
        incarnation: Incarnation::new(1),
        by: Incarnation::new(2),
    });
    let before = m.clone();
    assert_eq!(m.heartbeat(gateway("a", 1), at(2)), superseded);
    assert_eq!(
        m.register(gateway("a", 1), at(2)),
        superseded,
        "a registration that came late"
    );
    assert_eq!(m.deregister_process(&addr("a"), Incarnation::new(1)), None);
    assert_eq!(m, before);
    // A heartbeat alone takes no living process's place.
    assert!(m.heartbeat(gateway("a", 3), at(2)).is_err());

    m.expire(at(5));
    assert_eq!(m.heartbeat(gateway("a", 1), at(5)), JOINED);
}

#[test]
fn an_address_outlives_one_that_leaves_before_its_predecessor_is_gone() {
    let mut m = members();
    m.register(gateway("a", 1), at(0)).unwrap();
    m.register(gateway("a", 2), at(1)).unwrap();
    assert!(
        m.deregister_process(&addr("a"), Incarnation::new(2))
            .is_some()
    );
    assert_eq!(names(m.healthy(at(2))), ["a"]);
    assert_eq!(m.heartbeat(gateway("a", 3), at(2)), JOINED);
    assert_eq!(
        names(m.placeable(at(3))),
        [""; 0],
        "the first one may still be acting"
    );
    m.expire(at(4));
    assert_eq!(names(m.placeable(at(4))), ["a"]);
    assert!(m.deregister(&addr("a")).is_some());
    assert!(m.is_empty() && m.deregister(&addr("a")).is_none());
}
