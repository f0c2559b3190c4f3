//! The memory store: what it does when told to misbehave, and what its extension makes of it.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;
mod ext;
mod reads;
mod writes;
