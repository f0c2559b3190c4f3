use std::time::Duration;

/// Evenly spread numbers from a seed, so that one seed always gives one run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// At least half of `most`, and at most all of it: promises count with `most`.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        let half = micros / 2;
        Duration::from_micros(micros - self.next() % (half + 1))
    }

    /// The SplitMix64 generator: one addition, so that every seed has the full period.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_between_half_and_all_and_spreads() {
        let most = Duration::from_millis(250);
        let mut jitter = Jitter::new(7);
        let drawn: Vec<_> = (0..1000).map(|_| jitter.up_to(most)).collect();
        assert!(drawn.iter().all(|d| (most / 2..=most).contains(d)));
        let early = drawn.iter().filter(|d| **d < most * 3 / 4).count();
        assert!(
            (400..600).contains(&early),
            "{early} of 1000 in the lower half"
        );
    }

    /// The generator's reference values for the seed 0 (Steele, Lea and Flood, "Fast splittable pseudorandom
    /// number generators", 2014).
    #[test]
    fn it_is_splitmix64() {
        let mut jitter = Jitter::new(0);
        let drawn = [jitter.next(), jitter.next(), jitter.next()];
        let published = [
            0xE220_A839_7B1D_CDAF,
            0x6E78_9E6A_A1B9_65F4,
            0x06C4_5D18_8009_454F,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn one_seed_gives_one_run() {
        let run = |seed| {
            let mut jitter = Jitter::new(seed);
            std::array::from_fn::<_, 8, _>(|_| jitter.up_to(Duration::from_secs(1)))
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert_eq!(Jitter::new(1).up_to(Duration::ZERO), Duration::ZERO);
    }
}
