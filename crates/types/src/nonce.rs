use std::fmt;

use serde::{Deserialize, Serialize};

/// Makes one writing of the leader record differ from every other, also from one with the same epoch
/// and revision, so that a compare-and-swap never takes one for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(u64);

impl Nonce {
    /// The nonce with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// A fresh one, from the system's random numbers.
    ///
    /// # Panics
    /// When the system has no random numbers to give, which leaves nothing safe to do.
    pub fn random() -> Self {
        Self(getrandom::u64().expect("the system gives random numbers"))
    }

    /// Its number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
