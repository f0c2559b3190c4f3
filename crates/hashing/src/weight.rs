use std::fmt;
use std::num::NonZeroU32;

use thiserror::Error;

/// A gateway's share of the groups, in proportion to the other weights: 1 to 4,294,967,295.
///
/// A gateway that is to have no groups drains; it does not weigh nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(NonZeroU32);

/// A number that can't be a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a weight of 0 can't be: give 1 or more, or drain the gateway")]
pub struct InvalidWeight;

impl Weight {
    /// Everybody's weight where nobody has another.
    pub const ONE: Self = Self(NonZeroU32::MIN);

    /// The weight with this number.
    ///
    /// # Errors
    /// When it is zero.
    pub const fn new(number: u32) -> Result<Self, InvalidWeight> {
        match NonZeroU32::new(number) {
            Some(number) => Ok(Self(number)),
            None => Err(InvalidWeight),
        }
    }

    /// Its number, 1 and up.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self::ONE
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
