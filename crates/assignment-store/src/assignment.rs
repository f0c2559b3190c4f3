use groupkeeper_types::{GatewayAddr, GroupName, Stamp, WallTime};
use serde::{Deserialize, Serialize};

/// Which gateway coordinates a group, and the commit that decided it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Assignment {
    /// The group.
    pub group: GroupName,
    /// The gateway that coordinates it, by its advertised address. Its node ID is computed from
    /// this, never stored apart from it.
    pub coordinator: GatewayAddr,
    /// The commit that decided it; [`Stamp::ZERO`] for what the reference wrote.
    pub stamp: Stamp,
    /// When it was decided, for people to read.
    pub assigned_at: WallTime,
}

impl Assignment {
    /// The assignment as bytes: JSON, the same for the same assignment.
    pub fn encode(&self) -> Vec<u8> {
        crate::codec::encode(crate::codec::FORMAT, self)
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// When the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, crate::Undecodable> {
        crate::codec::decode(crate::codec::FORMAT, bytes)
    }
}
