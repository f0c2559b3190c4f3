use std::fmt;

use groupkeeper_types::{Nonce, Stamp};
use serde::{Deserialize, Serialize};

/// Which writing of a group's record this is: what the next write expects to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The token of the lease under which it was written. It never gets smaller.
    pub token: Stamp,
    /// How many writes of this group there were, this one included.
    pub sequence: u64,
    /// Tells two writings with the same token and sequence apart.
    pub nonce: Nonce,
}

impl Head {
    /// The head that follows the one that stands, under this token.
    pub fn after(standing: Option<&Self>, token: Stamp, nonce: Nonce) -> Self {
        let before = standing.map_or(0, |head| head.sequence);
        Self {
            token,
            sequence: before.saturating_add(1),
            nonce,
        }
    }

    /// Whether this one may replace the one that stands.
    pub fn follows(&self, standing: Option<&Self>) -> bool {
        let (token, sequence) = standing.map_or((Stamp::ZERO, 0), |it| (it.token, it.sequence));
        self.token >= token && self.sequence == sequence.saturating_add(1)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write {} under the token {}", self.sequence, self.token)
    }
}
