use std::fmt;

use crate::{LockOwner, Term};

/// Who leads, as far as this process knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Leadership {
    /// Nobody is known to: nobody holds the lock, or the lock service has not said lately.
    Unknown,
    /// Somebody else, as the lock service said within the last time-to-live.
    ///
    /// The name can be this process's own: another process at the same address holds the lock, or
    /// this one does under a token that a lost answer carried. It is not this process's claim.
    Other(LockOwner),
    /// This process. The term is as it was when won: its later ends come from renewals.
    Me(Term),
}

/// One step in who leads. Two that follow each other always differ in their leadership, and a
/// lock that was lost and won again is two steps, with two terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// 0 for the state at the start, and one more with every change.
    pub number: u64,
    /// How many terms this process had won by then.
    pub terms: u64,
    /// Who leads from here on.
    pub leadership: Leadership,
}

impl fmt::Display for Leadership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("nobody known"),
            Self::Other(owner) => write!(f, "{owner}"),
            Self::Me(term) => write!(f, "this process, term {}", term.number),
        }
    }
}
