use groupkeeper_election::{AcquireError, Answer, Call, LockOwner, LockToken, RenewError};

/// One lock with a time-to-live of two seconds and rotating tokens, in microseconds of true time.
#[derive(Default)]
pub(crate) struct Lock {
    holder: Option<(LockOwner, LockToken, u64)>,
    tokens: u64,
}

impl Lock {
    const TTL: u64 = 2_000_000;

    pub(crate) fn answer(&mut self, now: u64, owner: &LockOwner, call: &Call) -> Answer {
        self.holder.take_if(|(_, _, expires)| now >= *expires);
        match call {
            Call::Acquire => Answer::Acquire(match &self.holder {
                Some((by, ..)) => Err(AcquireError::Held { by: by.clone() }),
                None => Ok(self.grant(now, owner)),
            }),
            Call::Renew(token) => Answer::Renew(match &self.holder {
                Some((_, held, _)) if held == token => Ok(self.grant(now, owner)),
                other => Err(RenewError::Lost {
                    to: other.as_ref().map(|held| held.0.clone()),
                }),
            }),
            Call::Release(token) => {
                self.holder.take_if(|(_, held, _)| held == token);
                Answer::Release(Ok(()))
            }
            Call::Owner => Answer::Owner(Ok(self.holder.as_ref().map(|held| held.0.clone()))),
        }
    }

    pub(crate) fn is_free(&self, now: u64) -> bool {
        self.holder
            .as_ref()
            .is_none_or(|(_, _, expires)| now >= *expires)
    }

    pub(crate) fn forget(&mut self) {
        self.holder = None;
    }

    fn grant(&mut self, now: u64, owner: &LockOwner) -> LockToken {
        self.tokens += 1;
        let token = LockToken::new(&self.tokens.to_string());
        self.holder = Some((owner.clone(), token.clone(), now + Self::TTL));
        token
    }
}
