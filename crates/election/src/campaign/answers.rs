use groupkeeper_types::Moment;
use groupkeeper_types::mutation::{self, Mutation};

use super::{Campaign, Held};
use crate::{
    AcquireError, Answer, Ask, Call, Effect, Leadership, LockOwner, LockToken, RenewError, Term,
};

impl Campaign {
    /// Takes what the lock service said to `ask`, however late. An answer that never comes needs
    /// no input: the call is given up by itself.
    ///
    /// What a late answer can still tell is used: a lock that came too late is released, and a
    /// token that came too late is the one to go on with.
    pub fn answered(&mut self, now: Moment, ask: &Ask, answer: Answer) -> Vec<Effect> {
        let mut out = self.pass(now);
        let late = mutation::is_on(Mutation::TermFromAnswer).then(|| Ask {
            sent: now,
            ..ask.clone()
        });
        let ask = late.as_ref().unwrap_or(ask);
        let in_time = self
            .flight
            .take_if(|flight| flight.number == ask.number)
            .is_some();
        match (&ask.call, answer) {
            (Call::Acquire, Answer::Acquire(Ok(token))) if in_time && self.standing => {
                self.win(ask, token, &mut out);
            }
            (Call::Acquire, Answer::Acquire(Ok(token))) => self.leave(token, ask.number, now),
            (Call::Renew(_), Answer::Renew(Ok(token))) => self.renewed(now, ask, token, &mut out),
            (Call::Release(token), Answer::Release(Ok(()))) => self.released(now, token),
            // Nothing else of a late answer is news: the newer call in flight will tell.
            _ if !in_time => {}
            (Call::Acquire, Answer::Acquire(Err(AcquireError::Held { by }))) => {
                self.looked_up(now, ask, Some(by), &mut out);
            }
            (Call::Owner, Answer::Owner(Ok(owner))) => self.looked_up(now, ask, owner, &mut out),
            (Call::Renew(with), Answer::Renew(Err(RenewError::Lost { to }))) => {
                self.refused(now, with, to, &mut out);
            }
            (_, answer) => {
                debug_assert!(answer.unavailable().is_some(), "{answer:?} to {ask:?}");
                self.unanswered(ask, now);
            }
        }
        self.go_on(now, &mut out);
        out
    }

    fn win(&mut self, ask: &Ask, token: LockToken, out: &mut Vec<Effect>) {
        let term = Term {
            number: self.last.terms + 1,
            asked_at: ask.sent,
            ends: ask.sent + self.config.term_length(),
        };
        let renew_at = ask.sent + self.config.renew_every;
        self.held = Some(Held {
            term,
            token,
            asked: ask.number,
            renew_at,
        });
        self.leftover = None;
        self.hinted = false;
        self.change(Leadership::Me(term), out);
    }

    /// Extends the term; a token for a term that is over is released.
    fn renewed(&mut self, now: Moment, ask: &Ask, token: LockToken, out: &mut Vec<Effect>) {
        let ends = ask.sent + self.config.term_length();
        let renew_at = ask.sent + self.config.renew_every;
        match &mut self.held {
            Some(held) if ask.number > held.asked => {
                held.asked = ask.number;
                held.token = token;
                held.renew_at = renew_at.max(now);
                held.term.ends = ends.max(held.term.ends);
                out.push(Effect::Renewed(held.term));
            }
            // Older than what is known by now, perhaps of an earlier term: that token is over.
            Some(_) => {}
            None => self.leave(token, ask.number, now),
        }
    }

    /// The service says that `with` does not hold the lock.
    fn refused(
        &mut self,
        now: Moment,
        with: &LockToken,
        to: Option<LockOwner>,
        out: &mut Vec<Effect>,
    ) {
        match &mut self.held {
            // A late answer brought a newer token since: it decides.
            Some(held) if held.token != *with => held.renew_at = now,
            Some(_) => self.lose(to, now, out),
            None => {
                self.released(now, with);
                if let Some(to) = to {
                    self.hear(to, now, out);
                }
            }
        }
    }

    fn released(&mut self, now: Moment, token: &LockToken) {
        self.leftover.take_if(|leftover| leftover.token == *token);
        self.ask_at = now;
    }

    fn looked_up(
        &mut self,
        now: Moment,
        ask: &Ask,
        owner: Option<LockOwner>,
        out: &mut Vec<Effect>,
    ) {
        match owner {
            Some(owner) => self.hear(owner, now, out),
            None => self.change(Leadership::Unknown, out),
        }
        self.pause(now, ask);
        if std::mem::take(&mut self.hinted) {
            self.ask_at = self.ask_at.min(self.soonest(now));
        }
    }

    /// The call may have done its work or not: plans the next try.
    pub(super) fn unanswered(&mut self, ask: &Ask, now: Moment) {
        let config = &self.config;
        // Never later than a timeout after sending, which is what the promise of a harmless failed
        // renewal counts with.
        let again = now.max(ask.sent + config.retry_every.min(config.call_timeout));
        match &ask.call {
            Call::Acquire | Call::Owner => self.pause(now, ask),
            Call::Renew(_) => {
                if let Some(held) = &mut self.held {
                    held.renew_at = again;
                }
            }
            Call::Release(token) => {
                if let Some(leftover) = self.leftover.as_mut().filter(|l| l.token == *token) {
                    leftover.release_at = again;
                }
            }
        }
    }

    /// Plans the next look, counted from when the last one was sent.
    fn pause(&mut self, now: Moment, ask: &Ask) {
        self.ask_at = now.max(ask.sent + self.jitter.up_to(self.config.retry_every));
    }
}
