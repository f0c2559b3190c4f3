//! How long gateways may act, this one among them.

use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::Moment;
use groupkeeper_types::mutation::{self, Mutation};

use super::Leader;
use crate::machine::core::{Ctx, Stopping};

impl Leader {
    /// No lease lasts longer than this: by then a newer leader may count on its being over. It is
    /// counted from when the newest verification was *sent* that found this leader's record standing.
    fn lease_end(&self, ctx: &Ctx<'_>) -> Moment {
        let verified = if mutation::is_on(Mutation::LeaseUnverified) {
            ctx.now
        } else {
            self.chain.verified_at()
        };
        verified + ctx.core.timing().lease
    }

    /// How long a gateway may act, as of now.
    pub(super) fn lease_for(&self, ctx: &Ctx<'_>, record: &GatewayRecord) -> Duration {
        let stored =
            self.facts.stored.is_stored(record) || mutation::is_on(Mutation::LeaseBeforeStored);
        // Nor while a commit is under way that takes all its groups, or its place in the stored set.
        let goes = self.chain.in_flight().fails_over(&record.addr)
            || self.chain.in_flight().dismisses(&record.addr);
        if !stored || goes || !self.facts.roster.is_settled(&record.addr) {
            return Duration::ZERO;
        }
        self.lease_end(ctx).since(ctx.now)
    }

    /// A leader is a gateway too.
    pub(super) fn lease_to_itself(&self, ctx: &mut Ctx<'_>) {
        let me = &ctx.core.me;
        if ctx.core.presence.stopping == Stopping::No
            && self.facts.stored.is_stored(me)
            && self.facts.roster.is_settled(&me.addr)
        {
            let end = self.lease_end(ctx);
            let lapsed = ctx.lapse();
            let floor = self.facts.token_floor(&ctx.core.me);
            let ended = ctx.raise_token_floor(floor);
            ctx.core.known.holdings.extend(end);
            if (lapsed || ended) && ctx.now < end {
                ctx.hold_again();
            }
        }
    }
}
