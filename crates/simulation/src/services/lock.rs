use groupkeeper_election::{AcquireError, Answer, Call, LockOwner, LockToken, RenewError};

use crate::clock::Time;

/// The lock service: one lock, with a time-to-live and tokens that rotate.
///
/// It can forget who holds the lock, and give it to a second holder.
#[derive(Debug, Clone, Default)]
pub(crate) struct LockServer {
    holders: Vec<Holder>,
    tokens: u64,
    admits: bool,
    /// Until when two holders may believe in the lock because of this service.
    misnamed_until: Time,
    /// How long a lock holds, in microseconds of true time.
    ttl: Time,
}

#[derive(Debug, Clone)]
struct Holder {
    owner: LockOwner,
    token: LockToken,
    expires: Time,
}

impl LockServer {
    pub(crate) fn new(ttl: Time) -> Self {
        Self {
            ttl,
            ..Self::default()
        }
    }

    /// Forgets who holds the lock, as after a crash.
    pub(crate) fn forget(&mut self, now: Time) {
        if !self.holders.is_empty() {
            self.misnamed_until = self.misnamed_until.max(now + self.ttl);
        }
        self.holders.clear();
    }

    /// The next to ask gets the lock although somebody holds it, and both can renew.
    pub(crate) fn admit_another(&mut self) {
        self.admits = true;
    }

    /// The service of a part of the fleet that has parted from the rest: it knows who holds the lock, or
    /// has forgotten.
    pub(crate) fn part(&self, forgets: bool) -> Self {
        let mut other = self.clone();
        // No token is ever given twice.
        other.tokens += 1 << 32;
        if forgets {
            other.holders.clear();
        }
        other
    }

    /// Two services, of which one went with a part of the fleet, are one again: who held the other's lock
    /// may believe in it for a while.
    pub(crate) fn rejoin(&mut self, now: Time) {
        self.misnamed_until = self.misnamed_until.max(now + self.ttl);
    }

    /// Names one holder again: the newest.
    pub(crate) fn heal(&mut self, now: Time) {
        self.admits = false;
        if self.holders.len() > 1 {
            self.misnamed_until = self.misnamed_until.max(now + self.ttl);
            self.holders.drain(..self.holders.len() - 1);
        }
    }

    /// Whether two may believe now that they hold the lock.
    pub(crate) fn misnames(&self, now: Time) -> bool {
        now < self.misnamed_until || self.holders.len() > 1
    }

    pub(crate) fn answer(&mut self, now: Time, owner: &LockOwner, call: &Call) -> Answer {
        if self.holders.len() > 1 {
            self.misnamed_until = now + self.ttl;
        }
        self.holders.retain(|holder| now < holder.expires);
        match call {
            Call::Acquire => Answer::Acquire(self.acquire(now, owner)),
            Call::Renew(token) => Answer::Renew(self.renew(now, token)),
            Call::Release(token) => {
                self.holders.retain(|holder| holder.token != *token);
                Answer::Release(Ok(()))
            }
            Call::Owner => Answer::Owner(Ok(self.holders.first().map(|h| h.owner.clone()))),
        }
    }

    fn acquire(&mut self, now: Time, owner: &LockOwner) -> Result<LockToken, AcquireError> {
        if let Some(holder) = self.holders.first()
            && !self.admits
        {
            let by = holder.owner.clone();
            return Err(AcquireError::Held { by });
        }
        if !self.holders.is_empty() {
            self.admits = false;
            self.misnamed_until = now + self.ttl;
        }
        let token = self.fresh();
        self.holders.push(Holder {
            owner: owner.clone(),
            token: token.clone(),
            expires: now + self.ttl,
        });
        Ok(token)
    }

    fn renew(&mut self, now: Time, token: &LockToken) -> Result<LockToken, RenewError> {
        let next = self.fresh();
        let expires = now + self.ttl;
        let first = self.holders.first().map(|holder| holder.owner.clone());
        let mut held = self.holders.iter_mut();
        let Some(holder) = held.find(|holder| holder.token == *token) else {
            return Err(RenewError::Lost { to: first });
        };
        (holder.token, holder.expires) = (next.clone(), expires);
        Ok(next)
    }

    fn fresh(&mut self) -> LockToken {
        self.tokens += 1;
        LockToken::new(&self.tokens.to_string())
    }
}
