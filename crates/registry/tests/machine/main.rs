//! The machine alone, driven by hand: single inputs in an order that a whole fleet seldom takes.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]

mod asking_again;
mod backwards;
mod beginning;
mod changing_over;
mod counting;
mod deaf;
mod draining;
mod drive;
mod following;
mod giving_up;
mod joining;
mod last_words;
mod lending;
mod letting_go;
mod long_commits;
mod parted;
mod repairing;
mod stored;
mod taking_over;
