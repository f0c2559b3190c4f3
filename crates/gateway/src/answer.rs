use std::sync::Arc;

use crate::Broker;

/// Which gateway coordinates a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This one.
    At(Arc<Broker>),
    /// Nobody can say now: Kafka's COORDINATOR_NOT_AVAILABLE (15), after which clients ask again,
    /// some of them ten times a second.
    Unknown,
}
