//! The embedded store and lock service: the suites, reopening, refusals, crashes.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod child;
mod common;
mod conformance;
mod fleets;
mod in_use;
mod kill;
mod refusals;
mod unreadable;
