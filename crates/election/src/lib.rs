//! Who leads: a lock service that names one, and the campaign for it.
//!
//! The lock is a hint. It names a leader quickly and can, in bad moments, name two; what makes a
//! leader's writes safe is the epoch it begins in the store. This crate promises the other half: who
//! holds the lock stops believing so, by its own clock, before the lock can expire for others.
//!
//! - [`LockService`] names a holder; [`MemoryLockService`] is one in memory.
//! - [`Campaign`] decides what to ask and what to believe, as a pure state machine.
//! - [`Election`] runs a campaign on a lock service and a clock, and tells who leads.

mod call;
mod campaign;
mod campaign_config;
mod candidate;
mod changes;
#[cfg(feature = "testing")]
pub mod conformance;
mod election;
mod jitter;
mod leadership;
mod lock_errors;
mod lock_key;
mod lock_owner;
mod lock_request;
mod lock_service;
mod lock_token;
mod memory;
mod term;
#[cfg(feature = "testing")]
pub mod testing;
mod wait_error;

pub use call::{Answer, Ask, Call, Effect};
pub use campaign::Campaign;
pub use campaign_config::{CampaignConfig, InvalidCampaignConfig};
pub use candidate::Candidate;
pub use changes::{Changes, Observed};
pub use election::Election;
pub use leadership::{Change, Leadership};
pub use lock_errors::{AcquireError, LockUnavailable, RenewError};
pub use lock_key::{InvalidLockKey, LockKey};
pub use lock_owner::LockOwner;
pub use lock_request::LockRequest;
pub use lock_service::LockService;
#[cfg(feature = "testing")]
pub use lock_service::MockLockService;
pub use lock_token::LockToken;
pub use memory::MemoryLockService;
pub use term::Term;
pub use wait_error::WaitError;
