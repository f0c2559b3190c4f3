//! The words every crate shares: who (gateways), what (groups), when (moments) and in which order
//! (epochs, revisions, stamps).
//!
//! Each type can only hold what it says: everything from outside is parsed into one of these at the
//! edge, and nothing past the edge checks it again.

mod clock;
mod epoch;
mod gateway_addr;
mod group_name;
mod host_port;
mod incarnation;
mod moment;
pub mod mutation;
mod node_id;
mod nonce;
mod revision;
mod rpc_addr;
mod stamp;
#[cfg(test)]
mod tests;
mod timing;
mod wall_time;

#[cfg(feature = "testing")]
pub use clock::ManualClock;
pub use clock::{BootClock, Clock};
pub use epoch::Epoch;
pub use gateway_addr::GatewayAddr;
pub use group_name::{GroupName, InvalidGroupName};
pub use host_port::InvalidHostPort;
pub use incarnation::Incarnation;
pub use moment::Moment;
pub use node_id::{InvalidNodeId, NodeId};
pub use nonce::Nonce;
pub use revision::Revision;
pub use rpc_addr::RpcAddr;
pub use stamp::Stamp;
pub use timing::{
    BrokenPromise, Inequality, InvalidTimingProfile, Promises, Timing, TimingProfile,
};
pub use wall_time::WallTime;

/// The most gateways of one fleet: what a leader takes in, and what one message between gateways
/// lists.
pub const MAX_GATEWAYS: usize = 65_536;
