use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Timing;

/// A [`Timing`] by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum TimingProfile {
    /// [`Timing::default`]: holds for every backend.
    #[default]
    Default,
    /// [`Timing::reference`]: only where it is asked for.
    Reference,
}

/// A text that names no profile.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there are no timings named `{0}`: give `default` or `reference`")]
pub struct InvalidTimingProfile(String);

impl TimingProfile {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Default, Self::Reference];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Reference => "reference",
        }
    }

    /// Its numbers.
    pub fn timing(self) -> Timing {
        match self {
            Self::Default => Timing::default(),
            Self::Reference => Timing::reference(),
        }
    }
}

impl fmt::Display for TimingProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TimingProfile {
    type Err = InvalidTimingProfile;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|profile| profile.name() == text);
        named.ok_or_else(|| InvalidTimingProfile(text.escape_debug().take(100).collect()))
    }
}
