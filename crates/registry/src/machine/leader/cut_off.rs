//! A leader that has lost the store lets others lead.

use super::chain::Chain;
use super::facts::Facts;
use crate::machine::core::Ctx;
use crate::peer::Heartbeat;

/// How many times W a leader that hears of nobody waits for its store: everybody has had the time to
/// join it.
const ALONE: u32 = 3;

/// Whether a gateway says that the store decides for it, and it has not for this leader for longer
/// than any lease. While it decides for nobody, another leader could do no more, and look-ups go on.
pub(super) fn others_could_lead(ctx: &Ctx<'_>, chain: &Chain, heartbeat: &Heartbeat) -> bool {
    heartbeat.store_decides && without_store(ctx, chain, 1)
}

/// Whether this leader has neither the store nor anybody who could tell it that others have.
pub(super) fn is_cut_off(ctx: &Ctx<'_>, chain: &Chain, facts: &Facts) -> bool {
    let (me, stored) = (&ctx.core.me.addr, &facts.stored);
    without_store(ctx, chain, ALONE)
        && (!stored.is_known() || stored.gateways().any(|it| it.addr != *me))
        && !facts.roster.iter().any(|it| it.joined() && it.addr != *me)
}

/// For how many times W this leader has not been able to verify its record. After the first no lease
/// that it gave can be running.
fn without_store(ctx: &Ctx<'_>, chain: &Chain, waits: u32) -> bool {
    let since = ctx.now.since(chain.verified_at());
    since >= waits * ctx.core.timing().wait()
}
