//! How evenly groups spread, and why hashes are finalised.

mod common;

use std::hash::Hasher;

use common::{among, as_float, chi_square, sequential, weighted};
use fnv::FnvHasher;
use groupkeeper_hashing::{Candidate, Candidates, Placement, Rendezvous};
use groupkeeper_types::GroupName;

/// How many groups each candidate gets, in the candidates' order.
fn counts(groups: &[GroupName], among: &Candidates) -> Vec<usize> {
    count(groups, among, |group| {
        among
            .as_slice()
            .binary_search(Rendezvous.place(group, among).expect("one"))
            .expect("one of these")
    })
}

fn count(
    groups: &[GroupName],
    among: &Candidates,
    place: impl Fn(&GroupName) -> usize,
) -> Vec<usize> {
    let mut counts = vec![0; among.len()];
    for group in groups {
        counts[place(group)] += 1;
    }
    counts
}

fn shares(among: &Candidates) -> Vec<f64> {
    let weight = |candidate: &Candidate| f64::from(candidate.weight.get());
    let total: f64 = among.as_slice().iter().map(weight).sum();
    among
        .as_slice()
        .iter()
        .map(|candidate| weight(candidate) / total)
        .collect()
}

/// What lies beyond this happens to a fair spread about once in 10,000 times: the mean and four
/// deviations of a chi-square distribution, and a little for its tail.
fn bound(candidates: usize) -> f64 {
    let freedom = as_float(candidates - 1);
    freedom + 4.0 * (2.0 * freedom).sqrt() + 5.0
}

#[test]
fn sequential_names_spread_evenly() {
    for size in [2, 3, 7, 16, 100] {
        let among = among(&weighted(vec![1; size]));
        let found = chi_square(&counts(&sequential(20_000), &among), &shares(&among));
        assert!(
            found < bound(size),
            "{size} candidates: {found} over {}",
            bound(size)
        );
    }
}

/// The same draw without the finaliser: names that differ at their end have the same high bits, and
/// those decide.
#[test]
fn without_the_finaliser_they_do_not() {
    let among = among(&weighted(vec![1; 16]));
    let hash = |text: &str| {
        let mut hasher = FnvHasher::default();
        hasher.write(text.as_bytes());
        hasher.finish()
    };
    let raw = |group: &GroupName| {
        let draw = |(_, c): &(usize, &Candidate)| hash(group.as_str()) ^ hash(c.addr.as_str());
        among
            .as_slice()
            .iter()
            .enumerate()
            .max_by_key(draw)
            .expect("not empty")
            .0
    };
    let found = chi_square(&count(&sequential(20_000), &among, raw), &shares(&among));
    assert!(found > 10.0 * bound(16), "raw FNV spreads well: {found}");
}

#[test]
fn weights_are_respected() {
    let cases: [&[u32]; 4] = [
        &[1, 2],
        &[1, 2, 4, 8, 16],
        &[100; 6],
        &[7, 7, 7, 1_000, 3, 90],
    ];
    for weights in cases {
        let among = among(&weighted(weights.iter().copied()));
        let counts = counts(&sequential(50_000), &among);
        let found = chi_square(&counts, &shares(&among));
        assert!(
            found < bound(weights.len()),
            "{weights:?}: {counts:?}, {found}"
        );
    }
    let two = among(&weighted([1, 2]));
    let counts = counts(&sequential(50_000), &two);
    let ratio = as_float(counts[1]) / as_float(counts[0]);
    assert!((1.95..2.05).contains(&ratio), "{counts:?}");
}

/// The groups of a gateway that leaves go to all the others in proportion, not to a neighbour.
#[test]
fn orphans_spread_evenly() {
    let all = weighted([1, 2, 3, 1, 2, 3, 1]);
    let before = among(&all);
    let orphans: Vec<GroupName> = sequential(50_000)
        .into_iter()
        .filter(|group| Rendezvous.place(group, &before) == Some(&all[2]))
        .collect();
    assert!(orphans.len() > 10_000);
    let rest: Vec<Candidate> = all.iter().filter(|c| **c != all[2]).cloned().collect();
    let after = among(&rest);
    let found = chi_square(&counts(&orphans, &after), &shares(&after));
    assert!(found < bound(rest.len()), "{found}");
}
