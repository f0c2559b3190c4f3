use crate::Member;

/// What a heartbeat or a registration has changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It had joined before, and lives on.
    Renewed,
    /// It is a member from now on, or an inherited one that has shown itself.
    Joined {
        /// Who was at this address until its deadline passed, where
        /// [`expire`](crate::Members::expire) has not told yet; it won't tell any more. It may be
        /// the same process: its lease has ended in between.
        lapsed: Option<Member>,
    },
    /// It is another process than the one that was alive at this address.
    Replaced {
        /// The earlier process, which may hold its lease until its deadline.
        old: Member,
    },
}
