//! When this process may decide, and at which filer: a pure rule, fed with rounds.
//!
//! All gateways compute the filer that decides from the listing of the masters' leader. Listings
//! change, and a gateway that is cut off learns of it late or never. So none may decide at a filer
//! before every other one has stopped at the filer before that:
//!
//! - what a round says counts from its *sending*: it may have been true then for the last time;
//! - a decider must have stood for S, from the *answer* of the first round that named it (it may
//!   have been true only then) to the sending of the newest;
//! - S is longer than all that can follow from the last round that named another one: a call that
//!   begins F after it, the leases that count from that call, and R, for which a filer may show a
//!   ring that the masters have changed;
//! - it counts only where the decider answers, until it has settled. Masters list for a while what
//!   nobody reaches, and who is beside them must not begin at the moment when that cut is healed.
//!
//! A decider that has stood for S may have been cut off before, and not have copied yet what another one
//! decided meanwhile. So it must be found to have copied that in a round of that time or later: by then
//! nothing is decided elsewhere any more. It is waited for so long and no longer, since the copy may never
//! come.
//!
//! A decider that was seen to decide since it was named first has settled ([`Round::decides`]): whoever
//! wrote there had waited for all that.
//!
//! Rounds that fail neither make a decider stand nor end its standing, and may do so for half of S.
//! For somebody else to decide elsewhere within such a gap, another decider must stand for a whole S
//! within it; and a change that begins before a gap, or outlasts it, shows at one of its ends. A
//! decider that left the masters' listing and came back has another connection there
//! ([`Decider::since`]), so it does not pass for one that stayed.

use std::time::Duration;

use groupkeeper_types::Timing;
use tokio::time::Instant;

use crate::ServerAddress;

/// F: how old a round may be when a call that rests on it begins.
pub(crate) const FRESH: Duration = Duration::from_millis(250);
/// P: how long after a round was sent a call that rests on it may go on.
pub(crate) const PERMIT: Duration = Duration::from_secs(2);
/// R: how long a filer may show a ring after the masters' leader changed it. That one waits for a
/// second without another change, and tells every filer that it lists.
pub(crate) const RING_LAG: Duration = Duration::from_secs(2);

/// How long a decider that has stood for S is given to copy what was decided at other filers. A connection that
/// was cut goes on when the kernel tries again: after a cut of half a minute, up to half a minute later.
pub(crate) const COPYING: Duration = Duration::from_secs(30);

/// S for a fleet with these timings.
pub(crate) fn settle_for(timing: &Timing) -> Duration {
    let leases = timing.wait_for(timing.lease + FRESH + RING_LAG);
    // A write that was sent at the permit's end is over by then as well, at the filer too.
    leases.max(PERMIT + 2 * timing.store_call)
}

/// The filer that decides, and how it stands in the masters' listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decider {
    pub(crate) address: ServerAddress,
    /// The master that leads, and lists it.
    pub(crate) leader: ServerAddress,
    /// When it connected to that master, in nanoseconds of the master's own.
    pub(crate) since: i64,
}

impl Decider {
    /// Whether it was the decider all through, from one round to a later one. Under another leader of
    /// the masters every filer has a new connection, which says nothing.
    fn stayed(before: &Self, after: &Self) -> bool {
        let new_leader = before.leader != after.leader;
        before.address == after.address && (new_leader || before.since == after.since)
    }
}

/// What one round of questions found.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    pub(crate) sent: Instant,
    /// When the masters had named a decider, and that one had answered.
    pub(crate) answered: Instant,
    /// The decider by the listing of the masters' leader, or why there is none.
    pub(crate) masters: Result<Decider, String>,
    /// Whether that decider answers.
    pub(crate) answers: bool,
    /// Whether it was seen to decide since the last round: somebody who may has written there.
    pub(crate) decides: bool,
    /// What that decider has not copied yet of what was decided at another filer, for people. Not asked for any
    /// more once it has settled.
    pub(crate) missing: Option<String>,
    /// Whether all filers of the last listing answer, and hold the decider that stands for the one
    /// that the ring names. Asked only where the masters do not name it.
    pub(crate) filers: Option<Result<(), String>>,
}

/// That this process may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permit {
    pub(crate) decider: ServerAddress,
    /// When the round that it rests on was sent.
    pub(crate) sent: Instant,
    /// Until when, if no other round comes.
    pub(crate) until: Instant,
}

/// Why this process may not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// This filer decides, and has not stood for long enough: so much is missing.
    Settling(ServerAddress, Duration),
    /// This filer decides, and has not copied yet what was decided at another one: this.
    Copying(ServerAddress, String),
    /// No round has named a decider lately.
    Unknown(String),
}

/// A decider, and the rounds that it stood in.
#[derive(Debug, Clone)]
struct Run {
    decider: Decider,
    /// When the first was answered.
    since: Instant,
    /// When the newest was sent.
    last: Instant,
    /// It may be asked to decide.
    settled: bool,
    /// What it had not copied yet, in the newest.
    missing: Option<String>,
}

impl Run {
    fn extended(self, sent: Instant) -> Self {
        Self { last: sent, ..self }
    }

    /// The same run with one more round, where the decider stayed; else a new one.
    fn with(run: Option<Self>, named: &Decider, round: &Round, settle: Duration) -> Self {
        let stayed = run.filter(|run| Decider::stayed(&run.decider, named));
        let since = stayed.as_ref().map_or(round.answered, |run| run.since);
        let stood = round.sent.saturating_duration_since(since);
        let has_copied = round.missing.is_none() || stood >= settle + COPYING;
        // In the first it is not known what was there before.
        let seen = stayed.is_some_and(|run| run.settled || round.decides);
        Self {
            decider: named.clone(),
            since,
            last: round.sent,
            settled: seen || (stood >= settle && has_copied),
            missing: round.missing.clone(),
        }
    }
}

/// What the rounds so far allow.
#[derive(Debug)]
pub(crate) struct Rule {
    settle: Duration,
    run: Option<Run>,
    /// Another decider that the masters name, while all filers bear out the first.
    next: Option<Run>,
    /// Why the newest round made nothing stand; empty where it did.
    trouble: String,
}

impl Rule {
    pub(crate) fn new(settle: Duration) -> Self {
        Self {
            settle,
            run: None,
            next: None,
            trouble: "the masters have not been asked yet".to_owned(),
        }
    }

    /// Whether to ask the filers after this answer of the masters: a decider that has settled can go
    /// on without them.
    pub(crate) fn asks_filers(&self, masters: &Result<Decider, String>) -> Option<&Decider> {
        let run = self.run.as_ref().filter(|run| run.settled)?;
        let stayed = |named| Decider::stayed(&run.decider, named);
        (!masters.as_ref().is_ok_and(stayed)).then_some(&run.decider)
    }

    /// Whether this decider stands, and has settled.
    pub(crate) fn has_settled_on(&self, named: &Decider) -> bool {
        let run = self.run.as_ref().filter(|run| run.settled);
        run.is_some_and(|run| Decider::stayed(&run.decider, named))
    }

    /// Takes in a round. They come one after the other, in the order they were sent.
    pub(crate) fn heard(&mut self, round: &Round) {
        let sent = round.sent;
        // S is shorter than a permit only in tests.
        let gap = (self.settle / 2).max(PERMIT);
        let unbroken = |run: &Run| sent.saturating_duration_since(run.last) <= gap;
        let run = self.run.take().filter(unbroken);
        let next = self.next.take().filter(unbroken);
        self.trouble = trouble(round);
        let stayed = |run: &Run, named| Decider::stayed(&run.decider, named);
        let next = match &round.masters {
            Ok(named) if run.as_ref().is_some_and(|run| stayed(run, named)) => {
                let counts = round.answers || run.as_ref().is_some_and(|run| run.settled);
                self.run = if counts {
                    Some(Run::with(run, named, round, self.settle))
                } else {
                    run
                };
                return;
            }
            Ok(named) if round.answers => Some(Run::with(next, named, round, self.settle)),
            Ok(named) => next.filter(|next| stayed(next, named)),
            Err(_) => next,
        };
        let other = round.masters.is_ok() || next.is_some();
        // A leader of the masters that has just been elected lists filers as they come back to it. No
        // longer than R: then the filers know what it lists.
        let early = next
            .as_ref()
            .is_none_or(|next| sent.saturating_duration_since(next.since) <= RING_LAG);
        let agreed = matches!(round.filers, Some(Ok(()))) && early;
        match (run, next) {
            (Some(run), next) if agreed && run.settled => {
                self.run = Some(run.extended(sent));
                self.next = next;
            }
            // It is over at once, and does not wait for its permit to end.
            (_, next) if other => self.run = next,
            (run, _) => self.run = run,
        }
    }

    /// What this process may do now.
    pub(crate) fn permit(&self, now: Instant) -> Result<Permit, Refusal> {
        let unknown = || {
            let late = "the masters' last answer is too old, and the next not there yet";
            let why = if self.trouble.is_empty() {
                late
            } else {
                &self.trouble
            };
            Refusal::Unknown(why.to_owned())
        };
        let run = self.run.as_ref().ok_or_else(unknown)?;
        let until = run.last + PERMIT;
        if now >= until {
            return Err(unknown());
        }
        let decider = run.decider.address.clone();
        if !run.settled {
            let stood = run.last.saturating_duration_since(run.since);
            if let Some(missing) = run.missing.clone().filter(|_| stood >= self.settle) {
                return Err(Refusal::Copying(decider, missing));
            }
            let missing = self
                .settle
                .saturating_sub(now.saturating_duration_since(run.since));
            return Err(Refusal::Settling(decider, missing));
        }
        let sent = run.last;
        Ok(Permit {
            decider,
            sent,
            until,
        })
    }

    /// Why the newest round made nothing stand; empty where it did.
    pub(crate) fn trouble(&self) -> &str {
        &self.trouble
    }

    /// Whether there is a decider that has settled.
    pub(crate) fn has_settled(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.settled)
    }

    /// When a decider that stands, and has not settled yet, will have: a round that is sent then tells. In the
    /// past where it has not copied everything yet.
    pub(crate) fn settles_at(&self) -> Option<Instant> {
        let run = self.run.as_ref().filter(|run| !run.settled)?;
        Some(run.since + self.settle)
    }
}

fn trouble(round: &Round) -> String {
    match (&round.masters, &round.filers) {
        (Ok(named), _) if !round.answers => {
            format!("filer {} is to decide, and does not answer", named.address)
        }
        (Ok(_), _) | (Err(_), Some(Ok(()))) => String::new(),
        (Err(masters), None) => masters.clone(),
        (Err(masters), Some(Err(filers))) => {
            format!("{masters}; and without the masters every filer must agree: {filers}")
        }
    }
}

#[cfg(test)]
mod tests;
