//! A leader that has lost the store lets others lead.

use super::Leader;
use crate::machine::core::Ctx;
use crate::peer::Heartbeat;

impl Leader {
    /// How many times W a leader that hears of nobody waits for its store: everybody has had the time to
    /// join it.
    const ALONE: u32 = 3;

    /// For how many times W this leader has not been able to verify its record. After the first no lease
    /// that it gave can be running.
    fn without_store(&self, ctx: &Ctx<'_>, waits: u32) -> bool {
        let since = ctx.now.since(self.chain.verified_at());
        since >= waits * ctx.core.timing().wait()
    }

    /// Whether a gateway says that the store decides for it, and it has not for this leader for longer
    /// than any lease. While it decides for nobody, another leader could do no more, and look-ups go on.
    pub(super) fn others_could_lead(&self, ctx: &Ctx<'_>, heartbeat: &Heartbeat) -> bool {
        heartbeat.store_decides && self.without_store(ctx, 1)
    }

    /// Whether this leader has neither the store nor anybody who could tell it that others have.
    pub(super) fn is_cut_off(&self, ctx: &Ctx<'_>) -> bool {
        let me = &ctx.core.me.addr;
        self.without_store(ctx, Self::ALONE)
            && (!self.loading.knows_gateways() || self.stored.keys().any(|addr| addr != me))
            && !self.members.iter().any(|it| it.joined() && it.addr != *me)
    }
}
