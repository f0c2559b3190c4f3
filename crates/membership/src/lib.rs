//! Who is alive: gateways, heartbeats, deadlines.
//!
//! [`Members`] is a plain value that is told the time. It has no clock, no task and no opinion about
//! groups.

mod error;
mod gateway;
mod member;
mod members;
#[cfg(test)]
mod tests;

pub use error::MembershipError;
pub use gateway::Gateway;
pub use member::Member;
pub use members::Members;
