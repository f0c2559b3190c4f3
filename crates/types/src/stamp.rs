use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Epoch, Revision};

/// Which commit decided something: ordered by epoch, then by revision.
///
/// A stamp newer than the leader record's is in doubt: the commit that wrote it may not be whole.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Stamp {
    /// The term in which it was decided.
    pub epoch: Epoch,
    /// The commit that decided it.
    pub revision: Revision,
}

impl Stamp {
    /// The stamp of what carries none: a file that the reference wrote.
    pub const ZERO: Self = Self {
        epoch: Epoch::ZERO,
        revision: Revision::ZERO,
    };

    /// The stamp of the commit `revision` in the term `epoch`.
    pub const fn new(epoch: Epoch, revision: Revision) -> Self {
        Self { epoch, revision }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.revision)
    }
}
