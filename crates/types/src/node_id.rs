use std::fmt;

use thiserror::Error;

/// A gateway's broker number in Kafka's protocol: always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(i32);

/// A number that can't be a node ID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("node ID {0} is not positive")]
pub struct InvalidNodeId(i32);

impl NodeId {
    /// The node ID with this number.
    ///
    /// # Errors
    /// When it is zero or negative.
    pub const fn new(number: i32) -> Result<Self, InvalidNodeId> {
        if number > 0 {
            Ok(Self(number))
        } else {
            Err(InvalidNodeId(number))
        }
    }

    /// Its number, 1 and up.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
