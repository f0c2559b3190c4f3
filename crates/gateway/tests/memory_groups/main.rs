//! The groups in memory, as a group's members meet them; time passes only when nothing else can.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod fencing;
mod people;
mod rebalancing;
