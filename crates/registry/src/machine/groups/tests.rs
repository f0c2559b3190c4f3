use std::num::NonZeroU32;
use std::sync::Arc;

use groupkeeper_assignment_store::Failovers;
use groupkeeper_types::{Epoch, Revision};

use super::*;

fn decision(group: &str, coordinator: &str) -> Decision {
    Decision {
        group: GroupName::new(group).unwrap(),
        coordinator: GatewayAddr::new(coordinator).unwrap(),
        stamp: Stamp::ZERO,
    }
}

#[test]
fn counts_follow_moves() {
    let mut groups = Groups::default();
    groups.insert(&decision("a", "one:1"));
    groups.insert(&decision("b", "one:1"));
    groups.insert(&decision("a", "two:2"));
    let one = GatewayAddr::new("one:1").unwrap();
    assert_eq!(groups.count(&one), 1);
    assert_eq!(groups.of(&one), [GroupName::new("b").unwrap()]);
    groups.insert(&decision("b", "two:2"));
    assert_eq!(groups.count(&one), 0);
    assert_eq!(groups.len(), 2);
}

#[test]
fn groups_of_one_gateway_share_its_address() {
    let mut groups = Groups::default();
    let (first, second) = (decision("a", "one:1"), decision("b", "one:1"));
    assert_eq!(groups.shared(first.coordinator.clone()), first.coordinator);
    groups.insert(&first);
    let shared = groups.shared(second.coordinator.clone());
    let same = |addr: &GatewayAddr| std::ptr::eq(addr.as_str(), first.coordinator.as_str());
    assert!(same(&shared) && !same(&second.coordinator));
}

#[test]
fn a_failover_moves_what_is_older_and_of_the_gone() {
    let addr = |name: &str| GatewayAddr::new(name).unwrap();
    let stamp = |revision| Stamp::new(Epoch::new(1), Revision::new(revision));
    let mut groups = Groups::default();
    let ours = [
        ("a", "one:1", 3),
        ("b", "two:2", 3),
        ("c", "one:1", 9),
        ("d", "one:1", 4),
    ];
    for (group, coordinator, revision) in ours {
        groups.insert(&Decision {
            stamp: stamp(revision),
            ..decision(group, coordinator)
        });
    }
    // The reference's, which stays.
    groups.insert(&decision("e", "one:1"));
    let among = vec![(addr("two:2"), NonZeroU32::MIN)];
    let failover = Failover::new(stamp(7), vec![addr("one:1")], "modulo/1", among).unwrap();
    let failovers = Failovers::new(vec![Arc::new(failover.clone())]).unwrap();
    let folding = Folding::new(&failovers).unwrap();
    let moved = groups.fail_over(&failover, &folding);
    let moved: Vec<_> = moved
        .iter()
        .map(|it| {
            (
                it.after.group.as_str(),
                it.before.as_str(),
                it.after.coordinator.as_str(),
            )
        })
        .collect();
    let expected = [
        ("a", "one:1", "two:2"),
        ("d", "one:1", "two:2"),
        ("e", "one:1", "one:1"),
    ];
    assert_eq!(moved, expected);
    assert_eq!(groups.count(&addr("two:2")), 3);
    assert_eq!(groups.count(&addr("one:1")), 2);
    let known = groups.get(&GroupName::new("a").unwrap()).unwrap();
    assert_eq!((known.coordinator, known.stamp), (addr("two:2"), stamp(7)));
    assert_eq!(
        groups.fail_over(&failover, &folding).len(),
        1,
        "once is all"
    );
}

#[test]
fn a_full_cache_stays_at_its_capacity_and_keeps_the_newest() {
    let mut groups = Groups::default();
    for name in ["m", "a", "z", "n"] {
        groups.insert_bounded(&decision(name, "one:1"), 2);
        assert!(groups.get(&GroupName::new(name).unwrap()).is_some());
    }
    assert_eq!(groups.len(), 2);
    assert_eq!(groups.count(&GatewayAddr::new("one:1").unwrap()), 2);
}

#[test]
fn who_has_what_is_the_same_whatever_came_before() {
    let names: Vec<String> = (0..40).map(|n| format!("g{n:02}")).collect();
    let holder = |n: usize| format!("gateway-{}:1", n % 7);
    let mut groups = Groups::default();
    // Each group is given to one after the other, and some of them are lost on the way.
    for round in 0..9 {
        for (n, name) in names.iter().enumerate() {
            groups.insert(&decision(name, &holder(n * 3 + round * (n % 4))));
        }
        if round == 4 {
            groups.insert_bounded(&decision("g20", "gateway-9:1"), 39);
            groups.insert_bounded(&decision("g50", "gateway-9:1"), 39);
        }
    }
    groups.insert_bounded(&decision("g41", "gateway-9:1"), 20);
    // Neighbours in their holders' lists go at once.
    for (n, name) in groups.after(None, 100).iter().enumerate() {
        let known = groups.get(name).unwrap();
        let stamp = Stamp::new(Epoch::new(1), Revision::new(n as u64 % 3));
        groups.insert(&Decision { stamp, ..known });
    }
    let settled = Stamp::new(Epoch::new(1), Revision::ZERO);
    let lost = groups.lose(|stamp| stamp > settled);
    assert!(lost.len() > 9 && lost.iter().all(|name| groups.get(name).is_none()));
    let mut straight = Groups::default();
    for name in groups.after(None, 100) {
        straight.insert(&groups.get(&name).unwrap());
    }
    assert_eq!(groups, straight);
    let all: Vec<_> = straight.coordinators().cloned().collect();
    assert_eq!(groups.coordinators().cloned().collect::<Vec<_>>(), all);
    let mut count = 0;
    for addr in &all {
        let its = groups.of(addr);
        assert_eq!(its, straight.of(addr));
        assert!(its.is_sorted());
        assert!(
            its.iter()
                .all(|name| groups.coordinator(name) == Some(addr))
        );
        count += its.len();
    }
    assert_eq!(count, groups.len());
}
