use crate::{Commit, Expected, LeaderRecord};

/// A call that is decided against the leader record.
#[derive(Debug, Clone)]
pub(super) enum Write {
    Begin {
        expected: Expected,
        next: LeaderRecord,
    },
    Commit(Commit),
    Verify(LeaderRecord),
}
