//! The machine alone, driven by hand: single inputs in an order that a whole fleet seldom takes.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod asking_again;
mod backwards;
mod changing_over;
mod draining;
mod drive;
mod following;
mod joining;
mod last_words;
mod repairing;
mod stored;
mod taking_over;
