//! The machine by Kafka's rules, in simulated time.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod acts;
mod crowd;
mod durability;
mod joining;
mod offsets;
mod play;
mod sessions;
mod statics;
