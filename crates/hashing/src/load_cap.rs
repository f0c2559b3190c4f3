use crate::Weight;

/// How far over its fair share a gateway may be loaded by new groups and planned moves: at most
/// (1 + ε) × mean, as in "Consistent hashing with bounded loads" (Mirrokni, Thorup and
/// Zadimoghaddam 2016), with the mean taken per weight.
///
/// ```
/// use groupkeeper_hashing::{Candidate, Candidates, LoadCap, Placement, Rendezvous};
/// use groupkeeper_types::{GatewayAddr, GroupName};
///
/// let among = Candidates::equal(["a:1", "b:1"].map(|addr| GatewayAddr::new(addr).unwrap()));
/// let cap = LoadCap::percent_over(10);
/// let load = |c: &Candidate| if c.addr.as_str() == "a:1" { 60 } else { 40 };
/// let group = GroupName::new("orders").unwrap();
/// let chosen = Rendezvous.place_if(&group, &among, &mut |c| {
///     // 56 of 101 groups is the most for each, so `a:1` takes no more.
///     load(c) < cap.most(101, c.weight, among.total_weight())
/// });
/// assert_eq!(chosen.unwrap().addr.as_str(), "b:1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadCap {
    percent_over: u32,
}

impl LoadCap {
    /// A cap of so many percent over the mean; 0 allows nothing but an even spread.
    pub const fn percent_over(percent: u32) -> Self {
        Self {
            percent_over: percent,
        }
    }

    /// The most groups for a gateway of this weight, when there are `groups` in all, the one to be
    /// placed included, on gateways that weigh `total_weight` together. Rounded up, so that the
    /// gateways of a fleet can always hold all groups.
    pub fn most(self, groups: u64, weight: Weight, total_weight: u64) -> u64 {
        let shares = u128::from(groups) * u128::from(weight.get());
        let parts = 100 * u128::from(total_weight.max(1));
        let most = shares
            .saturating_mul(100 + u128::from(self.percent_over))
            .div_ceil(parts);
        u64::try_from(most).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_the_mean_and_so_much_more() {
        let one = Weight::ONE;
        let three = Weight::new(3).unwrap();
        assert_eq!(LoadCap::percent_over(0).most(10, one, 4), 3);
        assert_eq!(LoadCap::percent_over(20).most(100, one, 4), 30);
        assert_eq!(LoadCap::percent_over(20).most(100, three, 4), 90);
        assert_eq!(LoadCap::percent_over(0).most(0, one, 0), 0);
        let most = LoadCap::percent_over(u32::MAX).most(u64::MAX, three, 1);
        assert_eq!(most, u64::MAX);
    }

    proptest! {
        #[test]
        fn the_gateways_hold_all_groups(
            weights in proptest::collection::vec(1u32.., 1..20),
            groups in 0u64..1_000_000_000,
            percent in 0u32..1_000,
        ) {
            let total = weights.iter().map(|&w| u64::from(w)).sum();
            let cap = LoadCap::percent_over(percent);
            let room: u64 = weights
                .iter()
                .map(|&w| cap.most(groups, Weight::new(w).unwrap(), total))
                .sum();
            prop_assert!(room >= groups);
        }
    }
}
