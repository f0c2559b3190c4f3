use std::cmp::Reverse;

use groupkeeper_types::GroupName;

use crate::fixed_log::{cost, least_cost};
use crate::mix::spread;
use crate::weight_class::Drawn;
use crate::{Candidate, Candidates, Placement, Weight};

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

/// The best so far, with its logarithm.
struct Leading {
    drawn: Drawn,
    cost: u64,
    weight: Weight,
}

impl Leading {
    fn new(drawn: Drawn, weight: Weight) -> Self {
        Self {
            drawn,
            cost: cost(drawn.draw),
            weight,
        }
    }

    /// The cost per weight of a rival, and ours, each multiplied by both weights.
    fn compare(&self, rival_cost: u64, rival_weight: Weight) -> (u128, u128) {
        let times = |cost: u64, weight: Weight| u128::from(cost) * u128::from(weight.get());
        (
            times(rival_cost, self.weight),
            times(self.cost, rival_weight),
        )
    }

    fn loses_to(&self, rival: &Self) -> bool {
        let (theirs, ours) = self.compare(rival.cost, rival.weight);
        (theirs, Reverse(rival.drawn.draw), rival.drawn.place)
            < (ours, Reverse(self.drawn.draw), self.drawn.place)
    }

    /// Whether the cheap bound already tells that this draw does not win.
    fn surely_beats(&self, drawn: Drawn, weight: Weight) -> bool {
        let (theirs, ours) = self.compare(least_cost(drawn.draw), weight);
        theirs > ours
    }
}

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
        let mut leading: Option<Leading> = None;
        for class in among.classes() {
            let Some(drawn) = class.highest(group, all, eligible) else {
                continue;
            };
            if leading
                .as_ref()
                .is_some_and(|best| best.surely_beats(drawn, class.weight))
            {
                continue;
            }
            let rival = Leading::new(drawn, class.weight);
            if leading.as_ref().is_none_or(|best| best.loses_to(&rival)) {
                leading = Some(rival);
            }
        }
        leading.map(|best| &all[best.drawn.place])
    }
}
