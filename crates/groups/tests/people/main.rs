//! Groups out of a store, as a group's members meet them; time passes only when nothing else can.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod chaos;
mod crowd;
mod durable;
mod fencing;
mod moving;
mod people;
mod rebalancing;
mod tools;
