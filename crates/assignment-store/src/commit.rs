use thiserror::Error;

use crate::{Change, LeaderRecord};

/// A batch of changes under one epoch, and the step from one leader record to the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Commit {
    expected: LeaderRecord,
    next: LeaderRecord,
    changes: Vec<Change>,
}

/// More changes than one commit takes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a commit of {count} changes, and {max} are the most", max = Commit::MAX_CHANGES)]
pub struct CommitTooLarge {
    count: usize,
}

impl Commit {
    /// The most changes in one commit. Together with the longest names it stays far under the
    /// message size of any store here.
    pub const MAX_CHANGES: usize = 1_000;

    /// The commit that follows `expected`, the record as this leader last wrote it, and leaves
    /// `next` behind: the same term, the next revision, a fresh nonce.
    ///
    /// # Errors
    /// When there are more changes than [`MAX_CHANGES`](Self::MAX_CHANGES).
    ///
    /// # Panics
    /// When `next` is not the next revision of the same term: a leader can't skip a link.
    pub fn new(
        expected: LeaderRecord,
        next: LeaderRecord,
        changes: Vec<Change>,
    ) -> Result<Self, CommitTooLarge> {
        assert_eq!(next.epoch, expected.epoch, "a commit stays in its term");
        assert_eq!(
            next.revision,
            expected.revision.next(),
            "a commit is the next link"
        );
        assert_ne!(next.nonce, expected.nonce, "a commit has a fresh nonce");
        if changes.len() > Self::MAX_CHANGES {
            return Err(CommitTooLarge {
                count: changes.len(),
            });
        }
        Ok(Self {
            expected,
            next,
            changes,
        })
    }

    /// The record that must stand for this commit to be taken.
    pub const fn expected(&self) -> &LeaderRecord {
        &self.expected
    }

    /// The record that stands once it is whole.
    pub const fn next(&self) -> &LeaderRecord {
        &self.next
    }

    /// The changes, in the order they are made.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}
