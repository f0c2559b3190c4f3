use crate::fnv1a::fnv1a64;

/// A permutation of the 64-bit numbers in which each bit of the input flips about half the bits of
/// the output: the finaliser of SplitMix64 (Steele, Lea and Flood 2014, after Stafford's mix 13).
pub(crate) const fn mix64(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A 64-bit hash of a text, spread evenly over all its bits.
pub(crate) const fn spread(text: &str) -> u64 {
    mix64(fnv1a64(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finaliser's published test: SplitMix64 seeded with 1234567.
    #[test]
    fn is_the_published_finaliser() {
        let mut state: u64 = 1_234_567;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mix64(state)
        };
        let first = [next(), next(), next()];
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }
}
