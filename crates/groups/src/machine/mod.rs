//! One group as a pure state machine: calls in with the moment they came, answers out, no I/O, clock
//! or randomness of its own.
//!
//! The rules are those of Apache Kafka's classic protocol. Where a rule is not obvious, the comment
//! says what breaks without it.

mod answer;
mod committing;
mod core;
mod describing;
mod durability;
mod input;
mod joining;
mod leaving;
mod member;
mod members;
mod rebalance;
mod sessions;
mod statics;
mod stored;
mod subscription;
mod syncing;
#[cfg(test)]
mod tests;
mod vote;

pub use self::core::Machine;
pub use answer::{Answer, CallId};
pub use input::{Client, Input, Now, Request};

use member::Member;
use members::Members;
