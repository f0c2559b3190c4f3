//! What tests of gateways need: a network in memory that can be cut.

mod memory_network;

pub use memory_network::{Link, MemoryNetwork};
