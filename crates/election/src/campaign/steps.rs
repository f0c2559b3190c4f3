use groupkeeper_types::Moment;
use groupkeeper_types::mutation::{self, Mutation};

use super::{Campaign, Leftover};
use crate::{Ask, Call, Change, Effect, Leadership, LockOwner, LockToken};

/// What the inputs are made of. Each begins with [`pass`](Self::pass) and ends with
/// [`go_on`](Self::go_on).
impl Campaign {
    /// Lets time do its part.
    pub(super) fn pass(&mut self, now: Moment) -> Vec<Effect> {
        let mut out = Vec::new();
        if self
            .held
            .as_ref()
            .is_some_and(|held| !held.term.is_running(now))
        {
            self.lose(None, now, &mut out);
        }
        let timeout = self.config.call_timeout;
        if let Some(ask) = self.flight.take_if(|ask| now >= ask.sent + timeout) {
            self.unanswered(&ask, now);
            if mutation::is_on(Mutation::LostRenewalIgnored)
                && let (Call::Renew(_), Some(held)) = (&ask.call, &mut self.held)
            {
                held.term.ends = now + self.config.term_length();
                out.push(Effect::Renewed(held.term));
            }
        }
        if matches!(self.last.leadership, Leadership::Other(_)) && now >= self.heard_until {
            self.change(Leadership::Unknown, &mut out);
        }
        self.leftover.take_if(|leftover| now >= leftover.until);
        out
    }

    /// Makes the next call if it is due and none is in flight.
    pub(super) fn go_on(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let (at, call) = self.next_call();
        if self.flight.is_some() || now < at {
            return;
        }
        if matches!(call, Call::Acquire | Call::Owner) {
            self.last_asked = now;
        }
        self.asks += 1;
        let ask = Ask {
            number: self.asks,
            sent: now,
            call,
        };
        self.flight = Some(ask.clone());
        out.push(Effect::Ask(ask));
    }

    pub(super) fn next_call(&self) -> (Moment, Call) {
        if let Some(held) = &self.held {
            (held.renew_at, Call::Renew(held.token.clone()))
        } else if let Some(leftover) = &self.leftover {
            (
                leftover.release_at.min(leftover.until),
                Call::Release(leftover.token.clone()),
            )
        } else if self.standing {
            (self.ask_at, Call::Acquire)
        } else {
            (self.ask_at, Call::Owner)
        }
    }

    /// Ends the claim and tries again at once.
    pub(super) fn lose(&mut self, to: Option<LockOwner>, now: Moment, out: &mut Vec<Effect>) {
        self.held = None;
        self.ask_at = now;
        match to {
            Some(to) => self.hear(to, now, out),
            None => self.change(Leadership::Unknown, out),
        }
    }

    pub(super) fn hear(&mut self, of: LockOwner, now: Moment, out: &mut Vec<Effect>) {
        self.heard_until = now + self.config.ttl;
        self.change(Leadership::Other(of), out);
    }

    pub(super) fn change(&mut self, to: Leadership, out: &mut Vec<Effect>) {
        if self.last.leadership != to {
            let terms = if let Leadership::Me(term) = &to {
                term.number
            } else {
                self.last.terms
            };
            self.last = Change {
                number: self.last.number + 1,
                terms,
                leadership: to,
            };
            out.push(Effect::Changed(self.last.clone()));
        }
    }

    /// Remembers a token to release.
    pub(super) fn leave(&mut self, token: LockToken, asked: u64, now: Moment) {
        if self.held.is_none() && self.leftover.as_ref().is_none_or(|old| old.asked < asked) {
            let until = now + self.config.ttl;
            self.leftover = Some(Leftover {
                token,
                asked,
                release_at: now,
                until,
            });
        }
    }

    /// When a hint may make the next call.
    pub(super) fn soonest(&self, now: Moment) -> Moment {
        now.max(self.last_asked + self.config.retry_every / 10)
    }
}
