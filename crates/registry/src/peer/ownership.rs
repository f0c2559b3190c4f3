use std::time::Duration;

use groupkeeper_types::{GatewayAddr, Stamp};

/// What one process says of its right to act as a group's coordinator, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// Its right; `None` when it may not act.
    pub held: Option<Held>,
    /// Who coordinates the group, where that can be told at once.
    pub coordinator: Option<GatewayAddr>,
}

/// The right to act as a group's coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The fencing token: see [`Guard::token`](crate::Guard::token).
    pub token: Stamp,
    /// How much longer it lasts, unless the lease is renewed or the group revoked.
    pub left: Duration,
}

impl Ownership {
    /// Of a process that knows nothing.
    pub const UNKNOWN: Self = Self {
        held: None,
        coordinator: None,
    };
}
