//! What the placement tests share.
#![allow(dead_code, reason = "each test takes what it needs")]

use groupkeeper_hashing::{Candidate, Candidates, Weight};
use groupkeeper_types::{GatewayAddr, GroupName};

pub(crate) fn addr(at: usize) -> GatewayAddr {
    GatewayAddr::new(&format!("10.0.{}.{}:9092", at / 250, at % 250 + 1)).expect("valid")
}

/// One candidate for each weight.
pub(crate) fn weighted(weights: impl IntoIterator<Item = u32>) -> Vec<Candidate> {
    let candidate = |(at, weight)| Candidate {
        addr: addr(at),
        weight: Weight::new(weight).expect("valid"),
    };
    weights.into_iter().enumerate().map(candidate).collect()
}

pub(crate) fn among(candidates: &[Candidate]) -> Candidates {
    Candidates::new(candidates.iter().cloned()).expect("valid")
}

/// Names that differ in their last bytes only, as consumer groups' do.
pub(crate) fn sequential(count: usize) -> Vec<GroupName> {
    (1..=count)
        .map(|at| GroupName::new(&format!("group-{at:05}")).expect("valid"))
        .collect()
}

/// How far the counts are from their expected shares, as Pearson's chi-square.
pub(crate) fn chi_square(counts: &[usize], shares: &[f64]) -> f64 {
    let total: f64 = counts.iter().map(|&count| as_float(count)).sum();
    let term = |(&count, &share): (&usize, &f64)| {
        let expected = total * share;
        (as_float(count) - expected).powi(2) / expected
    };
    counts.iter().zip(shares).map(term).sum()
}

pub(crate) fn as_float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("valid"))
}
