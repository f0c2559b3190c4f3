use groupkeeper_types::{GatewayAddr, Stamp};
use serde::{Deserialize, Serialize};

use crate::GatewayRecord;

/// A gateway of the stored set, and the commit that let it in.
///
/// No process that was at its address before can have acted under a token as great as this stamp, so the
/// tokens of this one begin here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Admission {
    /// Who.
    #[serde(flatten)]
    pub gateway: GatewayRecord,
    /// The commit; [`Stamp::ZERO`] for what a version wrote that did not keep it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub admitted: Stamp,
}

fn is_zero(stamp: &Stamp) -> bool {
    *stamp == Stamp::ZERO
}

impl Admission {
    /// The gateway's address, by which the stored set is sorted.
    pub const fn addr(&self) -> &GatewayAddr {
        &self.gateway.addr
    }

    /// The admission as bytes: JSON, the same for the same admission.
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
