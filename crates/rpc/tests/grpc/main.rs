//! The whole crate over real sockets.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod fake_gateway;
mod faults;
mod hostile;
mod hostile_leader;
mod limits;
mod running;
mod tools;
