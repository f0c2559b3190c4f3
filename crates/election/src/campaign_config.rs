use std::time::Duration;

use groupkeeper_types::Timing;
use thiserror::Error;

/// How long a lock holds, and when a campaign asks for what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CampaignConfig {
    /// How long the lock holds without a renewal: whole seconds, at least 1, since that is all
    /// some lock services take. Default 2 s.
    pub ttl: Duration,
    /// From one renewal to the next, counted between the moments they are sent. Default 0.5 s.
    pub renew_every: Duration,
    /// How long one call may take before it is given up. Default 0.4 s.
    pub call_timeout: Duration,
    /// The most that a candidate waits between two tries; it waits between half of this and all
    /// of it. Default 0.25 s.
    pub retry_every: Duration,
    /// How far this machine's clock and the lock service's may drift apart, in millionths of the
    /// time that passes. Default 5,000 (half a percent).
    pub drift_ppm: u32,
    /// How much earlier yet a term ends. Default 0.05 s.
    pub margin: Duration,
}

/// A configuration that can't keep its promise.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidCampaignConfig {
    /// See [`CampaignConfig::ttl`].
    #[error("a lock's time-to-live is whole seconds, 1 and up, and not {ttl:?}")]
    Ttl {
        /// What was configured.
        ttl: Duration,
    },
    /// A span that must be longer than nothing, or a campaign would ask without a pause.
    #[error("{name} is 0: give it a length, like 250 ms")]
    Zero {
        /// The field.
        name: &'static str,
    },
    /// See [`CampaignConfig::drift_ppm`].
    #[error("a drift of {ppm} millionths is more than any clock's: at most {most} can be used")]
    Drift {
        /// What was configured.
        ppm: u32,
        /// The most.
        most: u32,
    },
    /// One failed renewal would end the term.
    #[error(
        "one failed renewal would lose the lock: renew_every + 2 * call_timeout + margin is \
         {needed:?}, and ttl * (1 - drift) is only {available:?}; renew more often, or raise ttl"
    )]
    RenewsTooLate {
        /// What a term must last.
        needed: Duration,
        /// What it can last.
        available: Duration,
    },
    /// Candidates would notice a free lock late.
    #[error("candidates retry every {retry_every:?}: at most half the ttl, {most:?}, is of use")]
    RetriesTooSlowly {
        /// What was configured.
        retry_every: Duration,
        /// The most.
        most: Duration,
    },
}

impl CampaignConfig {
    const MOST_DRIFT_PPM: u32 = 100_000;

    /// Checks that one failed renewal is harmless, and that each field makes sense by itself.
    ///
    /// # Errors
    /// When a promise can't be kept, with both of the numbers that it compares.
    pub fn validate(&self) -> Result<(), InvalidCampaignConfig> {
        if self.ttl.is_zero() || self.ttl.subsec_nanos() != 0 {
            return Err(InvalidCampaignConfig::Ttl { ttl: self.ttl });
        }
        let spans = [
            ("renew_every", self.renew_every),
            ("call_timeout", self.call_timeout),
            ("retry_every", self.retry_every),
        ];
        // Moments count microseconds: anything shorter is nothing.
        if let Some((name, _)) = spans.into_iter().find(|(_, span)| span.as_micros() == 0) {
            return Err(InvalidCampaignConfig::Zero { name });
        }
        let (ppm, most) = (self.drift_ppm, Self::MOST_DRIFT_PPM);
        if ppm > most {
            return Err(InvalidCampaignConfig::Drift { ppm, most });
        }
        let needed = self
            .renew_every
            .saturating_add(self.call_timeout.saturating_mul(2))
            .saturating_add(self.margin);
        let available = self.surely_held();
        if needed > available {
            return Err(InvalidCampaignConfig::RenewsTooLate { needed, available });
        }
        let (retry_every, most) = (self.retry_every, self.ttl / 2);
        if retry_every > most {
            return Err(InvalidCampaignConfig::RetriesTooSlowly { retry_every, most });
        }
        Ok(())
    }

    /// How long a term lasts from the sending of its last successful request.
    pub fn term_length(&self) -> Duration {
        self.surely_held().saturating_sub(self.margin)
    }

    /// The time-to-live as a fast clock of ours would see a slow lock service end it, at worst.
    fn surely_held(&self) -> Duration {
        let lost = self.ttl.as_micros() * u128::from(self.drift_ppm) / 1_000_000;
        self.ttl.saturating_sub(Duration::from_micros(
            u64::try_from(lost).unwrap_or(u64::MAX),
        ))
    }
}

impl From<&Timing> for CampaignConfig {
    /// The part of a fleet's timing that is about the lock. What [`Timing::validate`] accepts is
    /// accepted here.
    fn from(timing: &Timing) -> Self {
        Self {
            ttl: timing.lock_ttl,
            renew_every: timing.renew_every,
            call_timeout: timing.lock_call,
            retry_every: timing.retry_every,
            drift_ppm: timing.drift_ppm,
            margin: timing.margin,
        }
    }
}

impl Default for CampaignConfig {
    fn default() -> Self {
        Self::from(&Timing::default())
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{Promises, TimingProfile};

    use super::*;

    fn refused(change: impl FnOnce(&mut CampaignConfig)) -> String {
        let mut config = CampaignConfig::default();
        change(&mut config);
        config.validate().expect_err("refused").to_string()
    }

    #[test]
    fn the_default_keeps_its_promise() {
        let config = CampaignConfig::default();
        assert_eq!(config.validate(), Ok(()));
        assert_eq!(config.term_length(), Duration::from_millis(1_940));
    }

    #[test]
    fn takes_every_timing_that_is_accepted_and_refuses_it_at_the_same_spans() {
        for profile in TimingProfile::ALL {
            assert_eq!(CampaignConfig::from(&profile.timing()).validate(), Ok(()));
        }
        let ms = Duration::from_millis;
        let mut accepted = 0;
        for (renew, call, retry, ttl) in
            (0..4_096_u64).map(|i| (i & 7, i >> 3 & 7, i >> 6 & 7, i >> 9))
        {
            let promises = Promises {
                leader: Timing::LONGEST,
                coordinator: Timing::LONGEST,
                both: Timing::LONGEST,
            };
            let timing = Timing {
                lock_ttl: ms(500 * ttl),
                renew_every: ms(380 * renew),
                lock_call: ms(200 * call),
                retry_every: ms(250 * retry),
                lease: ms(30_000),
                rejoin: ms(2_000),
                promises,
                ..Timing::default()
            };
            let campaign = CampaignConfig::from(&timing).validate();
            assert_eq!(
                timing.validate().is_ok(),
                campaign.is_ok(),
                "{timing:?}: {campaign:?}"
            );
            accepted += usize::from(campaign.is_ok());
        }
        assert!(accepted > 100, "{accepted} of 4,096 were accepted");
    }

    #[test]
    fn names_both_numbers_when_a_failed_renewal_would_hurt() {
        let renew_every = Duration::from_millis(1_140);
        let mut config = CampaignConfig {
            renew_every,
            ..CampaignConfig::default()
        };
        assert_eq!(config.validate(), Ok(()), "1.99 s are just enough");
        config.renew_every += Duration::from_micros(1);
        let error = config.validate().expect_err("too late").to_string();
        assert!(
            error.contains("1.990001s") && error.contains("1.99s"),
            "{error}"
        );
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        assert!(refused(|c| c.ttl = Duration::from_millis(2_500)).contains("2.5s"));
        assert!(refused(|c| c.ttl = Duration::ZERO).contains("whole seconds"));
        assert!(refused(|c| c.renew_every = Duration::ZERO).contains("renew_every"));
        assert!(refused(|c| c.call_timeout = Duration::from_nanos(1)).contains("call_timeout"));
        assert!(refused(|c| c.retry_every = Duration::ZERO).contains("retry_every"));
        assert!(refused(|c| c.retry_every = Duration::from_millis(1_001)).contains("1.001s"));
        assert!(refused(|c| c.drift_ppm = 100_001).contains("100001"));
        let most = CampaignConfig {
            drift_ppm: 100_000,
            ..CampaignConfig::default()
        };
        assert_eq!(most.validate(), Ok(()));
        assert!(refused(|c| c.margin = Duration::MAX).contains("1.99s"));
    }
}
