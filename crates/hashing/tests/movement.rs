//! How little moves when gateways come and go.

mod common;

use common::{addr, among};
use groupkeeper_hashing::{Candidate, Candidates, Modulo, Placement, Rendezvous, Strategy, Weight};
use groupkeeper_types::GroupName;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::Strategy as Generator;

/// Gateways whose weights are often equal, and sometimes at the ends of the range.
fn fleet(min: usize) -> impl Generator<Value = Vec<Candidate>> {
    let weight = prop_oneof![
        Just(1),
        1u32..4,
        any::<u32>().prop_map(|w| w.max(1)),
        Just(u32::MAX)
    ];
    proptest::collection::btree_map(0usize..500, weight, min..12).prop_map(|gateways| {
        let candidate = |(at, weight)| Candidate {
            addr: addr(at),
            weight: Weight::new(weight).expect("not zero"),
        };
        gateways.into_iter().map(candidate).collect()
    })
}

fn groups() -> impl Generator<Value = Vec<GroupName>> {
    let name = "[a-z0-9.-]{1,12}".prop_map(|name| GroupName::new(&name).expect("a name"));
    proptest::collection::vec(name, 1..60)
}

fn place<'a>(group: &GroupName, among: &'a Candidates) -> &'a Candidate {
    Rendezvous
        .place(group, among)
        .expect("there are candidates")
}

proptest! {
    /// Read backwards: one that is added takes only what becomes its own.
    #[test]
    fn one_that_leaves_moves_only_its_own(fleet in fleet(2), groups in groups(), at: Index) {
        let mut rest = fleet.clone();
        let gone = rest.remove(at.index(fleet.len()));
        let (before, after) = (among(&fleet), among(&rest));
        for group in &groups {
            let had = place(group, &before);
            if *had != gone {
                prop_assert_eq!(had, place(group, &after));
            }
        }
    }

    #[test]
    fn more_weight_only_attracts(fleet in fleet(1), groups in groups(), at: Index, more: u32) {
        let at = at.index(fleet.len());
        let mut heavier = fleet.clone();
        heavier[at].weight = Weight::new(fleet[at].weight.get().saturating_add(more)).unwrap();
        let (before, after) = (among(&fleet), among(&heavier));
        for group in &groups {
            let (had, has) = (&place(group, &before).addr, &place(group, &after).addr);
            prop_assert!(had == has || *has == fleet[at].addr);
        }
    }

    #[test]
    fn the_order_given_means_nothing(fleet in fleet(1), groups in groups()) {
        let reversed = Candidates::new(fleet.iter().rev().cloned()).unwrap();
        let among = among(&fleet);
        for group in &groups {
            for strategy in Strategy::ALL {
                prop_assert_eq!(strategy.place(group, &among), strategy.place(group, &reversed));
            }
        }
    }

    /// Nobody who is not eligible is picked, and rendezvous picks as if only the eligible were there.
    #[test]
    fn eligibility_is_like_absence(fleet in fleet(1), groups in groups(), mask: u16) {
        let bit = |c: &Candidate| {
            let at = fleet.iter().position(|other| other == c).unwrap();
            mask >> at & 1 == 1
        };
        let all = among(&fleet);
        let eligible: Vec<Candidate> = fleet.iter().filter(|c| bit(c)).cloned().collect();
        let eligible = among(&eligible);
        for group in &groups {
            let placed = Rendezvous.place_if(group, &all, &mut |c| bit(c));
            prop_assert_eq!(placed, Rendezvous.place(group, &eligible));
            let mut asked = Vec::new();
            let placed = Modulo.place_if(group, &all, &mut |c| {
                asked.push(c.clone());
                bit(c)
            });
            prop_assert_eq!(placed.is_some(), !eligible.is_empty());
            prop_assert!(placed.is_none_or(bit));
            asked.sort();
            prop_assert!(asked.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }
}

#[test]
fn among_none_there_is_none() {
    let group = GroupName::new("g").unwrap();
    for strategy in Strategy::ALL {
        assert_eq!(strategy.place(&group, &Candidates::default()), None);
    }
}
