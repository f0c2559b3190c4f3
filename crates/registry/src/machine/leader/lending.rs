//! A leader that no other gateway hears lends the lock: others may live, and not reach it.

use std::time::Duration;

use groupkeeper_types::{Epoch, Moment, Timing};

use super::chain::Chain;
use super::roster::Roster;
use crate::machine::candidacy::Candidacy;
use crate::machine::core::{Core, Ctx, Stopping};

/// Since when nobody has heard this leader, and for how long it leads without the lock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Lending {
    /// When another gateway was last known to hear this leader.
    heard_at: Moment,
    /// When to see whether the lock is to be lent.
    look_at: Moment,
    lent: Option<Lent>,
}

/// The lock is lent. The epoch goes on: whoever takes the lock begins another on top of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Lent {
    since: Moment,
    /// Until then it has to be back: after everybody's turn, and the time of one who takes it, can't lead
    /// either and gives it back.
    until: Moment,
}

impl Lending {
    /// An epoch begins at this moment, by a gateway that lends the lock, or does not.
    pub(super) fn new(now: Moment, lends: bool) -> Self {
        Self {
            heard_at: if lends { now } else { Moment::NEVER },
            look_at: if lends { now } else { Moment::NEVER },
            lent: None,
        }
    }

    pub(super) fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// When this leader's term ends, by the lock or where that is lent without it.
    pub(super) fn term_end(&self, core: &Core) -> Moment {
        let lent = self.lent.as_ref();
        lent.map_or(Moment::ZERO, |lent| lent.until)
            .max(core.term_end())
    }

    /// Until when this leader answers with what it knows, which the store confirmed at `verified_at`. While
    /// the lock is lent another may lead at any moment: then for as long as a gateway whose leader can't be
    /// reached.
    pub(super) fn fresh_until(&self, core: &Core, verified_at: Moment) -> Moment {
        let leased = verified_at + core.timing().lease;
        match &self.lent {
            Some(lent) => lent.until.min(leased),
            None => core.term_end(),
        }
    }

    /// A gateway that has a session with this leader says for how long it has heard nothing.
    pub(super) fn is_heard(&mut self, ctx: &mut Ctx<'_>, unanswered: Duration) {
        let at = ctx.now - unanswered;
        self.heard_at = self.heard_at.max(at);
        if ctx.core.candidacy.solitude.hears(at) {
            self.look_at = ctx.now;
        }
    }

    /// The lock may be this gateway's again: who wants it back has it.
    pub(super) fn take_back(&mut self, ctx: &mut Ctx<'_>, epoch: Epoch) {
        let has_it = !ctx.core.candidacy.is_out() && ctx.now < ctx.core.term_end();
        if self.is_lent() && has_it {
            self.lent = None;
            ctx.info(format!(
                "nobody else leads: {} goes on in epoch {epoch}",
                ctx.core.me.addr
            ));
        }
    }

    /// Lends the lock when that is due, and wants it back when others have had their turn.
    pub(super) fn lend(&mut self, ctx: &mut Ctx<'_>, roster: &Roster, chain: &Chain) {
        if ctx.now < self.deadline(ctx.core) {
            return;
        }
        let again = ctx.now + ctx.core.timing().retry_every;
        if let Some(lent) = &self.lent {
            if chain.verified_at() >= lent.since {
                return ctx.stand();
            }
            // Whether it still leads the store has to tell.
            return ctx.core.candidacy.look_again(again);
        }
        let due = self.lends_at(ctx.core, roster);
        self.look_at = if due > ctx.now { due } else { again };
        let reaches_store = !chain.is_silent(ctx);
        let me = &ctx.core.me.addr;
        let sees_others = roster.iter().any(|member| member.addr != *me);
        let misses = ctx.core.candidacy.solitude.knows_others(sees_others);
        let may =
            reaches_store && ctx.core.presence.stopping == Stopping::No && !chain.is_committing();
        if due > ctx.now || !misses || !may {
            return;
        }
        let pause = Candidacy::pause(ctx.core.timing());
        let text = format!(
            "no other gateway hears {}: where others live, they can't reach it; it decides nothing for {pause:?}, \
             in which another can take the lead, and goes on if none does",
            ctx.core.me.addr
        );
        if ctx.core.candidacy.solitude.has_lent() {
            ctx.info(text);
        } else {
            ctx.alarm(text);
        }
        let timing = ctx.core.config.timing.clone();
        ctx.core.candidacy.solitude.lends(ctx.now + pause, &timing);
        ctx.stand_back(pause);
        self.lent = Some(Lent {
            since: ctx.now,
            until: ctx.now + pause + 2 * timing.lock_ttl,
        });
    }

    pub(super) fn deadline(&self, core: &Core) -> Moment {
        if self.is_lent() {
            core.candidacy.look_at()
        } else {
            self.look_at
        }
    }

    /// For how long a leader that has lent the lock, and that another has followed, lets others lead.
    pub(super) fn lets_lead_for(&self, ctx: &Ctx<'_>) -> Duration {
        if self.is_lent() {
            ctx.core.candidacy.solitude.rests_until().since(ctx.now)
        } else {
            Duration::ZERO
        }
    }

    /// When the lock is to be lent, if nobody is heard before.
    fn lends_at(&self, core: &Core, roster: &Roster) -> Moment {
        // While the store is away nobody can find this leader.
        let since = self.heard_at.max(roster.spared_until());
        let due = since + patience(core.timing());
        due.max(core.candidacy.solitude.rests_until())
    }
}

/// For how long nobody has to be heard. A leader that died would have lost the lock by then, so leases live
/// through this as they do through that; and a heartbeat that is lost is not silence.
fn patience(timing: &Timing) -> Duration {
    let lost = timing.heartbeat_every + timing.heartbeat_call();
    timing.lock_ttl.max(lost)
}
