//! What a gateway that does not lead makes of a leader's decisions.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{Failover, Failovers, Lineage};
use groupkeeper_types::Moment;
use groupkeeper_types::mutation::{self, Mutation};

use crate::folding::Folding;
use crate::machine::Effect;
use crate::machine::core::Ctx;
use crate::peer::{Ack, Changes, Decision, MemberList, News, Resigned, Standing};

/// Does what an acknowledgement says, of a heartbeat that was sent then, and takes a lease of at most
/// `longest`.
pub(super) fn heed(ctx: &mut Ctx<'_>, sent: Moment, longest: Duration, ack: &Ack) {
    // Until it is in the stored set, the next leader may know another process at its address.
    ctx.core.presence.announced |= ack.standing.is_stored();
    // Said in the list too, and sooner where this gateway is not stored yet.
    let me = &ctx.core.me.addr;
    let drains = |list: &Arc<MemberList>| {
        let mut members = list.members.iter();
        members.any(|it| it.addr == *me && it.draining)
    };
    let drains = ack.standing == Standing::Draining || ack.members.as_ref().is_some_and(drains);
    ctx.core.presence.draining |= drains;
    ctx.trouble_is_over();
    ctx.company();
    let lapsed = ctx.lapse();
    if ctx.core.epochs.stood() != ack.epoch {
        let unknown = || Lineage::up_to(ack.inherited);
        let lineage = ack.lineage.clone().unwrap_or_else(unknown);
        ctx.stand_on(ack.epoch, &lineage, ack.inherited);
    }
    match &ack.changes {
        Changes::Reset => {
            ctx.forget_all();
            ctx.core.known.applied = ack.stamp;
        }
        Changes::Since(news) => {
            hear(ctx, news);
            ctx.core.known.applied = ctx.core.known.applied.max(ack.stamp);
        }
    }
    for (group, stamp) in &ack.revokes.groups {
        if !mutation::is_on(Mutation::RevokeNotActedOn) {
            ctx.give_up(group, *stamp);
        }
    }
    ctx.set_inherited_over(ack.inherited_over);
    // From when the heartbeat was sent: the leader counts from when it got it, so that this
    // gateway always lets go first.
    let until = sent + ack.lease.min(longest);
    let ended = ctx.raise_token_floor(ack.token_floor);
    ctx.core.known.holdings.extend(until);
    if (lapsed || ended) && ctx.now < until {
        ctx.hold_again();
    }
}

/// Takes a resigned leader's decisions as one of its acknowledgements.
pub(super) fn hear_last_words(ctx: &mut Ctx<'_>, resigned: &Resigned) {
    ctx.lapse();
    let applied = ctx.core.known.applied;
    let unheard = resigned.news.iter().filter(|news| news.stamp() > applied);
    hear(ctx, unheard);
    ctx.core.known.applied = resigned.stamp;
}

/// Applies what was decided, in its order.
fn hear<'a>(ctx: &mut Ctx<'_>, news: impl IntoIterator<Item = &'a News>) {
    for news in news {
        match news {
            News::Decided(decision) => cache(ctx, decision),
            News::FailedOver(failover) => fail_over(ctx, failover),
        }
    }
}

/// Moves what the cache has of the groups of gateways that are gone.
fn fail_over(ctx: &mut Ctx<'_>, failover: &Arc<Failover>) {
    if failover.takes_from(&ctx.core.me.addr) {
        // More may be held than there is room for in the cache.
        for group in ctx.core.known.holdings.lose_older(failover.stamp()) {
            ctx.out.push(Effect::Release(group));
        }
    }
    let failovers = Failovers::new(vec![Arc::clone(failover)]);
    let folding = failovers.map(|failovers| Folding::new(&failovers));
    let Ok(Ok(folding)) = folding else {
        // A leader of another version: what it makes of the groups it can tell, one by one.
        return ctx.forget_all();
    };
    let moved = ctx.core.known.groups.fail_over(failover, &folding);
    ctx.hear_all(moved.iter().map(|moved| &moved.after));
    let after = moved.into_iter().map(|moved| moved.after);
    ctx.out.push(Effect::LearnAll(after.collect()));
}

/// Puts a decision into the cache, unless a newer one of the same group is there.
pub(super) fn cache(ctx: &mut Ctx<'_>, decision: &Decision) {
    if ctx
        .core
        .known
        .groups
        .stamp(&decision.group)
        .is_some_and(|known| known > decision.stamp)
    {
        return;
    }
    ctx.hear(decision);
    let capacity = ctx.core.config.cached_groups;
    let mut decision = decision.clone();
    decision.coordinator = ctx.core.known.groups.shared(decision.coordinator);
    let victim = ctx.core.known.groups.insert_bounded(&decision, capacity);
    ctx.out.push(Effect::Learn(decision));
    if let Some(victim) = victim {
        ctx.out.push(Effect::Forget(victim));
    }
}
