//! Who leads: a lock service that names one, and the campaign for it.
//!
//! The lock is a hint. It names a leader quickly and can, in bad moments, name two; what makes a
//! leader's writes safe is the epoch it begins in the store. This crate promises the other half: who
//! holds the lock stops believing so, by its own clock, before the lock can expire for others.

mod lock_errors;
mod lock_key;
mod lock_owner;
mod lock_request;
mod lock_service;
mod lock_token;

pub use lock_errors::{AcquireError, LockUnavailable, RenewError};
pub use lock_key::{InvalidLockKey, LockKey};
pub use lock_owner::LockOwner;
pub use lock_request::LockRequest;
pub use lock_service::LockService;
#[cfg(feature = "testing")]
pub use lock_service::MockLockService;
pub use lock_token::LockToken;
