use std::sync::Arc;

use crate::Broker;

/// Which gateway coordinates a group: shared, or lent by what it was looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<B = Arc<Broker>> {
    /// This one.
    At(B),
    /// Nobody can say now: Kafka's COORDINATOR_NOT_AVAILABLE (15), after which clients ask again,
    /// some of them ten times a second.
    Unknown,
}

impl Answer {
    /// The same, lent.
    pub fn lent(&self) -> Answer<&Broker> {
        match self {
            Self::At(broker) => Answer::At(broker),
            Self::Unknown => Answer::Unknown,
        }
    }
}
