use groupkeeper_types::Moment;

use crate::{AcquireError, Change, LockOwner, LockToken, LockUnavailable, RenewError, Term};

/// What a campaign asks of the lock service: one call of [`LockService`](crate::LockService).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Call {
    /// Take the lock.
    Acquire,
    /// Hold on to it.
    Renew(LockToken),
    /// Give it up.
    Release(LockToken),
    /// Say who holds it.
    Owner,
}

/// What the lock service said to a [`Call`] of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Call::Acquire`].
    Acquire(Result<LockToken, AcquireError>),
    /// To [`Call::Renew`].
    Renew(Result<LockToken, RenewError>),
    /// To [`Call::Release`].
    Release(Result<(), LockUnavailable>),
    /// To [`Call::Owner`].
    Owner(Result<Option<LockOwner>, LockUnavailable>),
}

impl Answer {
    /// Why the service could not be asked, where it could not.
    pub fn unavailable(&self) -> Option<&LockUnavailable> {
        match self {
            Self::Acquire(Err(AcquireError::Unavailable(why)))
            | Self::Renew(Err(RenewError::Unavailable(why)))
            | Self::Release(Err(why))
            | Self::Owner(Err(why)) => Some(why),
            _ => None,
        }
    }
}

/// A call with its number and the moment it counts from. It goes back to the campaign with the
/// answer, so that an answer can't be taken for another call's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ask {
    pub(crate) number: u64,
    pub(crate) sent: Moment,
    pub(crate) call: Call,
}

impl Ask {
    /// What to ask.
    pub const fn call(&self) -> &Call {
        &self.call
    }
}

/// What a campaign wants done, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Ask the lock service, and hand the answer back if one comes.
    Ask(Ask),
    /// Tell everyone who leads from here on.
    Changed(Change),
    /// The running term ends later now.
    Renewed(Term),
}
