use std::fmt;

use serde::{Deserialize, Serialize};

/// One life of a gateway's process: drawn at random when it starts, so that two processes at one
/// address, or one before and after a restart, are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incarnation(u64);

impl Incarnation {
    /// The incarnation with this number.
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

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
