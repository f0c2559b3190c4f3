use crate::{Assignment, LeaderRecord};

/// What a store says of one group, and how far it can be relied on.
///
/// The record is the one read before the assignment: it says who led and up to which stamp things
/// were settled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Settled {
    /// There is no leader record; the assignment was not looked for.
    NobodyHasLed,
    /// The group has no assignment.
    Unassigned {
        /// The record that stood.
        record: LeaderRecord,
    },
    /// The assignment is of a whole commit: it can be answered.
    Assigned {
        /// The record that stood.
        record: LeaderRecord,
        /// The assignment, which the record settles.
        assignment: Assignment,
    },
    /// The assignment may be half of a commit, so nothing can be
    /// answered yet.
    InDoubt {
        /// The record that stood.
        record: LeaderRecord,
        /// The assignment, which the record does not settle.
        assignment: Assignment,
    },
}
