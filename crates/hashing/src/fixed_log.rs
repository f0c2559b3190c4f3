/// Bits after the point of a cost.
const FRACTION_BITS: u32 = 56;

/// `-log2(draw / 2^64)` in 1/2^56: how much luck a draw still lacks, so less is better.
///
/// Integers only, so every machine gets the same bits. Each round squares the mantissa and reads
/// one bit of the logarithm. Every step rounds down, which keeps the order: a higher draw never
/// costs more. The result is therefore never less than the true cost.
pub(crate) fn cost(draw: u64) -> u64 {
    debug_assert!(draw > 0, "zero has no logarithm");
    let whole = u64::from(draw.ilog2());
    // 1 to 2, with 63 bits after the point.
    let mut mantissa = draw << draw.leading_zeros();
    let mut fraction = 0;
    for _ in 0..FRACTION_BITS {
        let square = u128::from(mantissa) * u128::from(mantissa);
        let at_least_two = square >> 127;
        // At most 64 bits are left: 63 after the point, and the leading one.
        mantissa = low_bits(square >> (63 + at_least_two));
        fraction = fraction << 1 | low_bits(at_least_two);
    }
    (64 << FRACTION_BITS) - (whole << FRACTION_BITS | fraction)
}

/// At most [`cost`], and far cheaper; natural, and in 1/2^64: `1 - u <= -ln(u)` for every `u` up to
/// 1.
pub(crate) const fn least_cost(draw: u64) -> u64 {
    !draw
}

/// At least [`cost`], in the unit of [`least_cost`], and close to both where `u` is near 1:
/// `-ln(u) <= (1 - u) / u`.
pub(crate) fn most_cost(draw: u64) -> u128 {
    /// 1/2^55: more than [`cost`] is ever rounded up by, and than the division rounds down by.
    const ROUNDING: u128 = 1 << 9;
    /// `-ln(1 / 2^64)` is less than 45, so no draw costs more.
    const HIGHEST: u128 = 45 << 64;
    let lack = u128::from(!draw) + 1;
    ((lack << 64) / u128::from(draw) + ROUNDING).min(HIGHEST)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "callers shift the value into 64 bits"
)]
const fn low_bits(value: u128) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// ln 2 in 1/2^64, rounded down.
    const LN_2: u128 = 0xb172_17f7_d1cf_79ab;

    fn as_float(cost: u64) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "compared with a tolerance")]
        let cost = cost as f64;
        cost / f64::from(FRACTION_BITS).exp2()
    }

    #[test]
    fn is_exact_at_powers_of_two() {
        for power in 0..64 {
            assert_eq!(cost(1 << power), (64 - power) << FRACTION_BITS);
        }
    }

    #[test]
    fn is_the_logarithm() {
        for draw in [3, 5, 1_000_003, u64::MAX / 3, u64::MAX / 7 * 5] {
            #[allow(clippy::cast_precision_loss, reason = "compared with a tolerance")]
            let expected = 64.0 - (draw as f64).log2();
            assert!((as_float(cost(draw)) - expected).abs() < 1e-12, "{draw}");
        }
        // Next to 1, where the winners are: there it is (1 - u) / ln 2.
        let expected = (1u64 << 30) as f64 / 64f64.exp2() / std::f64::consts::LN_2;
        let found = as_float(cost(u64::MAX - (1 << 30) + 1));
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]
        #[test]
        fn keeps_the_order(draw in 1..u64::MAX, shift in 0u32..64, gap_shift in 0u32..64, gap: u64) {
            let lower = (draw >> shift).max(1);
            let higher = lower.saturating_add(gap >> gap_shift);
            prop_assert!(cost(lower) >= cost(higher));
            prop_assert!(cost(lower) >= cost(lower + 1));
        }

        #[test]
        fn the_cheap_bounds_hold(draw in 1..=u64::MAX, shift in 0u32..64, near_one: bool) {
            let draw = if near_one { !(draw >> shift) } else { draw >> shift }.max(1);
            // A cost has 56 bits after the point.
            let natural = |factor: u128| u128::from(cost(draw)) * factor;
            prop_assert!(u128::from(least_cost(draw)) << 56 <= natural(LN_2 + 1));
            prop_assert!(most_cost(draw) << 56 >= natural(LN_2));
        }
    }
}
