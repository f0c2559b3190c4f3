//! The machine alone, driven by hand: single inputs in an order that a whole fleet seldom takes.

mod draining;
mod drive;
mod following;
mod joining;
mod repairing;
mod taking_over;
