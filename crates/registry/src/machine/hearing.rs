//! What a gateway that does not lead makes of a leader's decisions.

use std::sync::Arc;

use groupkeeper_assignment_store::{Failover, Failovers};

use super::Effect;
use super::core::Ctx;
use crate::folding::Folding;
use crate::peer::{Decision, News};

/// Applies what was decided, in its order.
pub(super) fn hear<'a>(ctx: &mut Ctx<'_>, news: impl IntoIterator<Item = &'a News>) {
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
        for group in ctx.core.holdings.lose_older(failover.stamp()) {
            ctx.out.push(Effect::Release(group));
        }
    }
    let failovers = Failovers::new(vec![Arc::clone(failover)]);
    let folding = failovers.map(|failovers| Folding::new(&failovers));
    let Ok(Ok(folding)) = folding else {
        // A leader of another version: what it makes of the groups it can tell, one by one.
        return ctx.forget_all();
    };
    let moved = ctx.core.groups.fail_over(failover, &folding);
    ctx.hear_all(moved.iter().map(|moved| &moved.after));
    let after = moved.into_iter().map(|moved| moved.after);
    ctx.out.push(Effect::LearnAll(after.collect()));
}

/// Puts a decision into the cache, unless a newer one of the same group is there.
pub(super) fn cache(ctx: &mut Ctx<'_>, decision: &Decision) {
    if ctx
        .core
        .groups
        .stamp(&decision.group)
        .is_some_and(|known| known > decision.stamp)
    {
        return;
    }
    ctx.hear(decision);
    let capacity = ctx.core.config.cached_groups;
    let mut decision = decision.clone();
    decision.coordinator = ctx.core.groups.shared(decision.coordinator);
    let victim = ctx.core.groups.insert_bounded(&decision, capacity);
    ctx.out.push(Effect::Learn(decision));
    if let Some(victim) = victim {
        ctx.out.push(Effect::Forget(victim));
    }
}
