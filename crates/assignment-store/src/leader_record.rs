use groupkeeper_types::{Epoch, GatewayAddr, Incarnation, Nonce, Revision, RpcAddr, Stamp};
use serde::{Deserialize, Serialize};

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
    /// Different at every writing.
    pub nonce: Nonce,
}

impl LeaderRecord {
    /// The newest stamp that is settled: anything newer is in doubt.
    pub const fn stamp(&self) -> Stamp {
        Stamp::new(self.epoch, self.revision)
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
