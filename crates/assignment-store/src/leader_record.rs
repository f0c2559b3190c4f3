use std::time::Duration;

use groupkeeper_types::{Epoch, GatewayAddr, Incarnation, Nonce, Revision, RpcAddr, Stamp};
use serde::{Deserialize, Serialize};

use crate::Failovers;

/// How long a leader's leases last, from when it last found its record standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leases {
    /// Those that it gives.
    pub given: Duration,
    /// The longest that may be running: also one that an earlier leader gave, in a fleet that changes
    /// from one configuration to another.
    pub running: Duration,
}

/// The one durable record that says whose term it is: the fence in front of every write and the
/// head of the chain of commits.
///
/// Two records are the same writing exactly when they are equal: the nonce is fresh each time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LeaderRecord {
    /// The term.
    pub epoch: Epoch,
    /// The last commit that is whole.
    pub revision: Revision,
    /// Who leads, by its advertised address.
    pub leader: GatewayAddr,
    /// Which process of that address.
    pub incarnation: Incarnation,
    /// Where it answers other gateways.
    pub rpc: RpcAddr,
    /// Every commit of an earlier epoch up to this stamp was whole, or has been decided again since.
    /// One beyond it may be half of a commit that its leader did not finish; so a new leader takes
    /// this over from the record before, and raises it once it has looked at everything.
    pub settled: Stamp,
    /// Moves of all groups of gateways that are gone, which stored assignments do not show yet.
    #[serde(default, skip_serializing_if = "Failovers::is_empty")]
    pub failovers: Failovers,
    /// How long leases are, where its leader says: by this the next one knows for how long to take
    /// everybody for alive, whatever its own configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leases: Option<Leases>,
    /// Different at every writing.
    pub nonce: Nonce,
}

impl LeaderRecord {
    /// The newest commit that is whole.
    pub const fn stamp(&self) -> Stamp {
        Stamp::new(self.epoch, self.revision)
    }

    /// Whether a decision with this stamp is of a whole commit, as far as this record tells: one that
    /// is not is in doubt, and no answer for anybody.
    pub fn settles(&self, stamp: Stamp) -> bool {
        stamp <= self.settled || (stamp.epoch == self.epoch && stamp <= self.stamp())
    }

    /// The record as bytes: JSON, the same for the same record, so that a store may compare the
    /// bytes or a digest of them.
    pub fn encode(&self) -> Vec<u8> {
        crate::codec::encode(self)
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// When the bytes are anything else; a field this version does not know is refused too, since
    /// it could not be written back.
    pub fn decode(bytes: &[u8]) -> Result<Self, crate::Undecodable> {
        crate::codec::decode(bytes)
    }
}
