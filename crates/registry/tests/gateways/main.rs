//! Real registries in one process, on a paused clock, with locks, store and network in memory.

mod bad_store;
mod failover;
mod fleet;
mod one_answer;
mod owning;
