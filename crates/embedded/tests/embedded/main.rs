//! The embedded store and lock service: the suites, reopening, refusals.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod fleets;
mod groups;
mod in_use;
mod refusals;
mod unreadable;
