//! Who is alive: gateways, heartbeats, deadlines.
//!
//! [`Members`] is a plain value: time is passed in, nothing waits, and equal histories give equal
//! values, so that a model checker can hold it. It does not know groups; it says which gateways may
//! be acting, and which may be given something new.

mod error;
mod gateway;
mod hear;
mod inherit;
mod member;
mod members;
mod outcome;
mod table;
#[cfg(test)]
mod tests;

pub use error::{MembersFull, MembershipError};
pub use gateway::Gateway;
pub use member::Member;
pub use members::Members;
pub use outcome::Outcome;
