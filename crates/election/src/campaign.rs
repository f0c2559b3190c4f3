use groupkeeper_types::Moment;

use crate::jitter::Jitter;
use crate::{
    Ask, Call, CampaignConfig, Change, Effect, InvalidCampaignConfig, Leadership, LockOwner,
    LockToken, Term,
};

mod answers;

/// One process's campaign for the lock, as a pure state machine: inputs in, effects out.
///
/// It stays an observer, which only asks who leads, until [`start`](Self::start), and again after
/// [`resign`](Self::resign). One call is in flight at a time. A term is counted from the moment
/// before its last successful request was sent, and every input looks at the time first: so a term
/// that was over at any moment stays over, whatever answer comes late.
///
/// Every input takes the present moment, which must not go backwards from one input to the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Campaign {
    config: CampaignConfig,
    jitter: Jitter,
    standing: bool,
    held: Option<Held>,
    leftover: Option<Leftover>,
    flight: Option<Ask>,
    /// When to acquire or to look up next.
    ask_at: Moment,
    last_asked: Moment,
    hinted: bool,
    heard_until: Moment,
    asks: u64,
    last: Change,
}

/// The lock as this process claims it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Held {
    term: Term,
    token: LockToken,
    /// The number of the call that brought the token.
    asked: u64,
    renew_at: Moment,
}

/// A token that may hold the lock while nobody claims it: to be released. One is enough, since a
/// later success proves that an earlier token holds no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Leftover {
    token: LockToken,
    /// The number of the call that brought the token.
    asked: u64,
    release_at: Moment,
    /// The lock is over by itself then.
    until: Moment,
}

impl Campaign {
    /// An observer that becomes a candidate with [`start`](Self::start). The seed spreads the
    /// retries of several candidates: give each process its own.
    ///
    /// # Errors
    /// When the configuration can't keep its promise.
    pub fn new(config: CampaignConfig, seed: u64) -> Result<Self, InvalidCampaignConfig> {
        config.validate()?;
        Ok(Self {
            config,
            jitter: Jitter::new(seed),
            standing: false,
            held: None,
            leftover: None,
            flight: None,
            ask_at: Moment::ZERO,
            last_asked: Moment::ZERO,
            hinted: false,
            heard_until: Moment::ZERO,
            asks: 0,
            last: Change {
                number: 0,
                terms: 0,
                leadership: Leadership::Unknown,
            },
        })
    }

    /// Becomes a candidate, and tries at once. A candidate stays one.
    pub fn start(&mut self, now: Moment) -> Vec<Effect> {
        let mut out = self.pass(now);
        if !self.standing {
            self.standing = true;
            self.ask_at = now;
        }
        self.go_on(now, &mut out);
        out
    }

    /// Does what is due. Needed at [`next_deadline`](Self::next_deadline); harmless at any time.
    pub fn tick(&mut self, now: Moment) -> Vec<Effect> {
        let mut out = self.pass(now);
        self.go_on(now, &mut out);
        out
    }

    /// Takes a hint that the lock may be free, and asks at once. A flood of hints makes at most
    /// ten calls in the time of one retry.
    pub fn wake(&mut self, now: Moment) -> Vec<Effect> {
        let mut out = self.pass(now);
        // The call in flight may have reached the service before the lock became free.
        self.hinted = self.flight.is_some();
        self.ask_at = self.ask_at.min(self.soonest(now));
        self.go_on(now, &mut out);
        out
    }

    /// Stops claiming, then releases, and observes from then on.
    pub fn resign(&mut self, now: Moment) -> Vec<Effect> {
        let mut out = self.pass(now);
        self.standing = false;
        if let Some(held) = self.held.take() {
            self.change(Leadership::Unknown, &mut out);
            self.ask_at = now;
            // A renewal in flight may rotate the token: its answer, if one comes, is released
            // instead of this.
            self.leave(held.token, held.asked, now);
        }
        self.go_on(now, &mut out);
        out
    }

    /// When [`tick`](Self::tick) is needed next: later than the moment of the last input.
    pub fn next_deadline(&self) -> Moment {
        let call = match &self.flight {
            Some(ask) => ask.sent + self.config.call_timeout,
            None => self.next_call().0,
        };
        let term = self
            .held
            .as_ref()
            .map_or(Moment::NEVER, |held| held.term.ends);
        let heard = match self.last.leadership {
            Leadership::Other(_) => self.heard_until,
            _ => Moment::NEVER,
        };
        call.min(term).min(heard)
    }

    /// Who leads at `now`: a term that is over by then counts no more, even before a tick.
    pub fn leadership(&self, now: Moment) -> Leadership {
        let stands = match &self.last.leadership {
            Leadership::Unknown => false,
            Leadership::Other(_) => now < self.heard_until,
            Leadership::Me(_) => self.term().is_some_and(|term| term.is_running(now)),
        };
        if stands {
            self.last.leadership.clone()
        } else {
            Leadership::Unknown
        }
    }

    /// The newest change; the state at the start before any.
    pub const fn last_change(&self) -> &Change {
        &self.last
    }

    /// The term that is claimed, with the end that its last renewal gave it. Compare the end with
    /// the clock before relying on it.
    pub fn term(&self) -> Option<Term> {
        self.held.as_ref().map(|held| held.term)
    }

    /// Whether it campaigns, as a candidate or as the leader.
    pub const fn is_standing(&self) -> bool {
        self.standing
    }

    /// Whether nothing of the lock is left: no claim, no token, no call that may bring one.
    pub fn holds_nothing(&self) -> bool {
        let asking = self
            .flight
            .as_ref()
            .is_some_and(|ask| !matches!(ask.call, Call::Owner));
        self.held.is_none() && self.leftover.is_none() && !asking
    }

    /// Lets time do its part.
    fn pass(&mut self, now: Moment) -> Vec<Effect> {
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
        }
        if matches!(self.last.leadership, Leadership::Other(_)) && now >= self.heard_until {
            self.change(Leadership::Unknown, &mut out);
        }
        self.leftover.take_if(|leftover| now >= leftover.until);
        out
    }

    /// Makes the next call if it is due and none is in flight.
    fn go_on(&mut self, now: Moment, out: &mut Vec<Effect>) {
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
            term: self.last.terms,
            call,
        };
        self.flight = Some(ask.clone());
        out.push(Effect::Ask(ask));
    }

    fn next_call(&self) -> (Moment, Call) {
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
    fn lose(&mut self, to: Option<LockOwner>, now: Moment, out: &mut Vec<Effect>) {
        self.held = None;
        self.ask_at = now;
        match to {
            Some(to) => self.hear(to, now, out),
            None => self.change(Leadership::Unknown, out),
        }
    }

    fn hear(&mut self, of: LockOwner, now: Moment, out: &mut Vec<Effect>) {
        self.heard_until = now + self.config.ttl;
        self.change(Leadership::Other(of), out);
    }

    fn change(&mut self, to: Leadership, out: &mut Vec<Effect>) {
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
    fn leave(&mut self, token: LockToken, asked: u64, now: Moment) {
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
    fn soonest(&self, now: Moment) -> Moment {
        now.max(self.last_asked + self.config.retry_every / 10)
    }
}
