use std::fmt::Debug;

use groupkeeper_types::{GroupName, Moment, Stamp};

/// Leave to act as one group's coordinator (G2). The registry's guard is one; tests of a
/// [`GroupCoordinator`](crate::GroupCoordinator) bring their own.
///
/// It allows to *start* an action while it is valid. A write that may outlast it carries the token,
/// and whatever takes the write refuses a token older than the newest it has seen.
pub trait Lease: Debug + Send + Sync + 'static {
    /// The group it is about.
    fn group(&self) -> &GroupName;

    /// The fencing token: epoch and revision of the decision that made this gateway the coordinator.
    /// Of two tokens for one group the greater is the newer. As long as it stays the same, no other
    /// gateway was given the group.
    fn token(&self) -> Stamp;

    /// Until when the lease lasted when it was asked for, by the registry's clock. Renewals move the
    /// end of the lease, and not this.
    fn deadline(&self) -> Moment;

    /// Whether an action may be started at this moment. Never blocks, and costs little.
    fn is_valid(&self) -> bool;
}
