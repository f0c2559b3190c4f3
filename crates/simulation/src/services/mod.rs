//! What a fleet stands on, as bad as it may get: a lock service, a store, a network.

mod lock;
mod network;
mod sides;
mod store;

pub(crate) use lock::LockServer;
pub(crate) use network::Network;
pub(crate) use sides::{Parted, Side, SideId, Sides};
pub(crate) use store::{Landing, Store, Write, folding};
