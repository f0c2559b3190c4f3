//! The embedded store when other processes want the data, are killed, or run out of disk.
//!
//! These tests are apart from the others, and one at a time: between a fork and its exec, the new
//! process holds every lock on a file that any test of its parent holds.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod child;
#[path = "../common/mod.rs"]
mod common;
mod damage;
#[cfg(unix)]
mod disk_full;
mod groups;
mod in_use;
mod kill;
