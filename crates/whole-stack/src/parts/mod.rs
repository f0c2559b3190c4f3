//! What a gateway is made of here, beside the registry and gRPC themselves.

mod counted;
mod drifting;
mod slow_store;

pub(crate) use counted::{Calls, Counted};
pub(crate) use drifting::Drifting;
pub(crate) use slow_store::SlowStore;
