use std::fmt::Debug;
use std::sync::Arc;

use groupkeeper_types::RpcAddr;

use super::LeaderService;

/// A network of gateways: how one reaches another.
pub trait Peers: Debug + Send + Sync + 'static {
    /// The gateway that answers at this address. Never waits and never fails: a call on it does,
    /// if nobody is there.
    fn at(&self, addr: &RpcAddr) -> Arc<dyn LeaderService>;

    /// Forgets what was kept for addresses other than these, connections say.
    fn retain(&self, known: &[RpcAddr]);
}
