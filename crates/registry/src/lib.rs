//! Who decides: the coordinator registry, a pure state machine and its driver.

pub mod peer;
