use groupkeeper_types::Moment;

use crate::jitter::Jitter;
use crate::{
    Ask, Call, CampaignConfig, Change, Effect, InvalidCampaignConfig, Leadership, LockToken, Term,
};

mod answers;
mod steps;

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
}
