//! Real registries in one process, on a paused clock, with locks, store and network in memory.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod bad_store;
mod bounds;
mod deaf;
mod failing;
mod failing_over;
mod failover;
mod fleet;
mod late;
mod leaving;
mod lending;
mod letting_lead;
mod one_answer;
mod owning;
mod parted;
mod paused;
mod published;
mod reference_timing;
mod shut_out;
mod slow_store;
mod taking_over;
