use std::time::Duration;

use groupkeeper_types::GatewayAddr;

use super::Leader;
use crate::machine::core::Ctx;

/// Nothing that is decided now stands in a store sooner than this.
const SOON: Duration = Duration::from_millis(20);

/// Gateways that are to ask at one moment ask this long one after the other, so that ten thousand of
/// them are no more than what the leader hears of them anyway.
const APART: Duration = Duration::from_micros(30);

impl Leader {
    /// When a gateway is to ask again, because it may miss a failover for a whole heartbeat otherwise:
    /// just after a silent gateway's lease will be over, and while its groups' move is not decided or not
    /// written, at spans that double. So each loss costs each gateway a few heartbeats, however long a
    /// store takes.
    pub(super) fn ask_again(&self, ctx: &Ctx<'_>, addr: &GatewayAddr) -> Option<Duration> {
        let usual = ctx.core.timing().heartbeat_every;
        let under_way = self.planner.is_looking() || self.chain.in_flight().failover().is_some();
        let since = ctx.now.since(self.facts.roster.gone_at());
        let after = if under_way && since < usual {
            since.max(SOON)
        } else {
            self.facts.roster.next_expiry()?.since(ctx.now) + SOON
        };
        if after >= usual {
            return None;
        }
        let place = u32::try_from(self.facts.roster.list().place(addr)?).ok()?;
        let after = after + APART.saturating_mul(place);
        (after < usual).then_some(after)
    }
}
