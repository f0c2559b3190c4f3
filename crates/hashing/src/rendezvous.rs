use groupkeeper_types::GroupName;

use crate::contest::Contest;
use crate::mix::spread;
use crate::{Candidate, Candidates, Placement};

/// Weighted rendezvous hashing: each gateway draws a number for the group, and the luckiest for its
/// weight wins. A gateway that leaves gives away only its own groups, in proportion to the weights
/// of the others; one that joins takes only what becomes its own.
///
/// Highest random weight is due to Thaler and Ravishankar ("Using name-based mappings to increase
/// hit rates", 1998), the weights to Schindelhauer and Schomaker ("Weighted distributed hash
/// tables", 2005): with `u` drawn evenly from 0 to 1, the least `-log(u) / weight` wins, and every
/// gateway wins with a chance of exactly its share. Here
/// - `draw = mix(mix(fnv1a64(group)) ^ mix(fnv1a64(address))) | 1` and `u = draw / 2^64`, where
///   `mix` is SplitMix64's finaliser, without which names that differ in their last byte draw much
///   the same;
/// - the logarithm is a fixed-point one and quotients are compared by cross-multiplying, so that
///   there is no float whose last bit could differ between machines;
/// - equal quotients go to the higher draw, equal draws to the lower address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rendezvous;

impl Placement for Rendezvous {
    fn rule(&self) -> &str {
        "rendezvous/1"
    }

    fn place_if<'a>(
        &self,
        group: &GroupName,
        among: &'a Candidates,
        eligible: &mut dyn FnMut(&Candidate) -> bool,
    ) -> Option<&'a Candidate> {
        let all = among.as_slice();
        let group = spread(group.as_str());
        let mut contest = Contest::new();
        let mut winner = None;
        for block in among.contenders().blocks() {
            let bar = contest.bar(block.heaviest());
            for (drawn, place) in block.above(bar, group) {
                if drawn.draw > contest.bar(drawn.weight)
                    && eligible(&all[place])
                    && contest.wins(drawn)
                {
                    winner = Some(&all[place]);
                }
            }
        }
        winner
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use groupkeeper_types::GatewayAddr;
    use proptest::prelude::*;
    use proptest::strategy::Strategy;

    use super::*;
    use crate::Weight;
    use crate::fixed_log::cost;
    use crate::mix::mix64;

    /// Fleets of one weight, of a few, and of many, over several blocks.
    fn fleets() -> impl Strategy<Value = Candidates> {
        let highest = prop_oneof![Just(1u32), Just(8), Just(1_000), Just(u32::MAX)];
        let weights = highest.prop_flat_map(|highest| {
            let skewed = (1..=highest, 0u32..32).prop_map(|(weight, by)| (weight >> by).max(1));
            proptest::collection::vec(prop_oneof![1..=highest, skewed], 0..200)
        });
        weights.prop_map(|weights| {
            let candidate = |(at, weight)| Candidate {
                addr: GatewayAddr::new(&format!("gateway-{at}:9092")).expect("an address"),
                weight: Weight::new(weight).expect("not zero"),
            };
            Candidates::new(weights.into_iter().enumerate().map(candidate)).expect("each once")
        })
    }

    /// The rule as it is written: every candidate, its logarithm, and all tie-breaks.
    fn straightforward<'a>(
        group: &GroupName,
        among: &'a Candidates,
        eligible: impl Fn(&Candidate) -> bool,
    ) -> Option<&'a Candidate> {
        let group = spread(group.as_str());
        let draw = |c: &Candidate| mix64(group ^ spread(c.addr.as_str())) | 1;
        let times =
            |a: &Candidate, b: &Candidate| u128::from(cost(draw(a))) * u128::from(b.weight.get());
        let eligible = among.as_slice().iter().filter(|c| eligible(c));
        eligible.min_by(|a, b| {
            let ours = (times(a, b), Reverse(draw(a)), &a.addr);
            ours.cmp(&(times(b, a), Reverse(draw(b)), &b.addr))
        })
    }

    proptest! {
        #[test]
        fn the_short_way_leads_to_the_same(
            among in fleets(),
            groups in proptest::collection::vec("[a-z0-9.-]{1,12}", 1..8),
            mask in prop_oneof![Just(u64::MAX), any::<u64>()],
        ) {
            let eligible = |c: &Candidate| mask >> (spread(c.addr.as_str()) % 64) & 1 == 1;
            for group in groups {
                let group = GroupName::new(&group).expect("a name");
                let placed = Rendezvous.place_if(&group, &among, &mut |c| eligible(c));
                prop_assert_eq!(placed, straightforward(&group, &among, eligible));
            }
        }
    }
}
