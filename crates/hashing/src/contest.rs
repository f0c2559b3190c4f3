use crate::Weight;
use crate::fixed_log::{cost, least_cost, most_cost};

/// What a candidate drew for a group, and what it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Odd, so never zero, and as good as random.
    pub(crate) draw: u64,
    pub(crate) weight: Weight,
}

/// Finds the least cost per weight among draws that come heaviest first, and of equal weights in the
/// order of their addresses. Equal quotients go to the higher draw, equal draws to the first.
///
/// The order makes it cheap: who comes later weighs no more, so it needs a higher draw to win, and
/// has won as soon as the quotients are equal.
#[derive(Debug)]
pub(crate) struct Contest {
    best: Option<Drawn>,
    /// The most that a winner's [`least_cost`] can be for each unit of its weight.
    limit: u64,
}

impl Contest {
    pub(crate) const fn new() -> Self {
        Self {
            best: None,
            limit: u64::MAX,
        }
    }

    /// What a draw of this weight has to exceed, or it surely does not win; a lighter one has to
    /// exceed no less. It never falls, and of `n` random draws some `log n` exceed it.
    pub(crate) fn bar(&self, weight: Weight) -> u64 {
        let highest = self.best.map_or(0, |best| best.draw);
        let limit = self.limit.saturating_mul(u64::from(weight.get()));
        // A draw's least cost is its complement.
        highest.max((!limit).saturating_sub(1))
    }

    /// Whether this one, whose draw exceeds the [bar](Self::bar), is the best so far; it then leads.
    pub(crate) fn wins(&mut self, rival: Drawn) -> bool {
        let wins = self.best.is_none_or(|best| overtakes(rival, best));
        if wins {
            let limit = most_cost(rival.draw) / u128::from(rival.weight.get()) + 1;
            self.best = Some(rival);
            self.limit = u64::try_from(limit).unwrap_or(u64::MAX);
        }
        wins
    }
}

/// Whether a higher draw of no more weight has no more cost for its weight. Quotients are compared
/// by cross-multiplying, by their bounds if that is enough.
fn overtakes(rival: Drawn, best: Drawn) -> bool {
    let times = |cost: u128, weight: Weight| cost * u128::from(weight.get());
    rival.weight == best.weight
        || times(most_cost(rival.draw), best.weight)
            <= times(least_cost(best.draw).into(), rival.weight)
        || times(cost(rival.draw).into(), best.weight)
            <= times(cost(best.draw).into(), rival.weight)
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use proptest::prelude::*;

    use super::*;

    /// Draws whose quotients are equal but for rounding: powers of one number, with weights in
    /// proportion to the exponents. Some are a little off.
    fn near_ties() -> impl Strategy<Value = Vec<Drawn>> {
        let base = (any::<u64>(), 0u32..64, any::<bool>());
        let base = base.prop_map(|(bits, shift, near_one)| {
            let bits = bits >> shift;
            if near_one { !bits } else { bits }
        });
        let each = (1u32..8, -3i64..=3, 0u32..40);
        let each = proptest::collection::vec(each, 1..8);
        (base, 1u32..1 << 29, each).prop_map(|(base, unit, each)| {
            let drawn = |(exponent, off, shift): (u32, i64, u32)| {
                let power = (1..exponent).fold(base, |power, _| times(base, power));
                Drawn {
                    draw: power.saturating_add_signed(off << shift) | 1,
                    weight: Weight::new(unit * exponent).expect("not zero"),
                }
            };
            each.into_iter().map(drawn).collect()
        })
    }

    /// The product of two numbers from 0 to 1, each in 1/2^64.
    fn times(a: u64, b: u64) -> u64 {
        u64::try_from((u128::from(a) * u128::from(b)) >> 64).expect("64 bits are left")
    }

    /// The rule as it is written.
    fn best(draws: &[Drawn]) -> Option<usize> {
        let better = |a: &usize, b: &usize| {
            let (a, b) = (draws[*a], draws[*b]);
            let times = |a: Drawn, b: Drawn| u128::from(cost(a.draw)) * u128::from(b.weight.get());
            let key = |a: Drawn, b: Drawn| (times(a, b), Reverse(a.draw));
            key(a, b).cmp(&key(b, a))
        };
        (0..draws.len()).min_by(better)
    }

    fn winner(draws: &[Drawn]) -> Option<usize> {
        let mut contest = Contest::new();
        let wins = |&at: &usize| {
            let drawn = draws[at];
            drawn.draw > contest.bar(drawn.weight) && contest.wins(drawn)
        };
        (0..draws.len()).filter(wins).last()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]
        #[test]
        fn near_ties_are_decided_by_the_rule(mut draws in near_ties()) {
            draws.sort_by_key(|drawn| Reverse(drawn.weight));
            prop_assert_eq!(winner(&draws), best(&draws));
        }

        #[test]
        fn the_bar_rises_as_weights_fall(drawn in near_ties(), heavier: u32, lighter: u32) {
            let mut contest = Contest::new();
            prop_assert!(contest.wins(drawn[0]));
            let [lighter, heavier] = [lighter.min(heavier), lighter.max(heavier)];
            let bar = |weight: u32| contest.bar(Weight::new(weight.max(1)).expect("not zero"));
            prop_assert!(bar(heavier) <= bar(lighter));
        }
    }
}
