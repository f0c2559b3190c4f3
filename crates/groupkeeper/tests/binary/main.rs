//! The real binary, on free ports of this machine.

mod draining;
mod fake_gateway;
mod fleet;
mod health;
mod kafka;
mod open_files;
mod ports;
mod program;
mod queries;
mod refusals;
mod stopping;
mod store_away;
