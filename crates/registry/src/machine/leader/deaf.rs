//! Gateways whose heartbeats arrive, and which hear no answer.

use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_membership::{Member, Members};
use groupkeeper_types::{GatewayAddr, Incarnation, MAX_GATEWAYS, Timing};

use crate::machine::core::Ctx;
use crate::peer::Heartbeat;

/// The processes that hear nothing: each was a member when that was found, and is known here for as long
/// as it does not hear again, so that it does not join again either.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Deaf(BTreeMap<GatewayAddr, Incarnation>);

impl Deaf {
    fn has(&self, process: &GatewayRecord) -> bool {
        self.0.get(&process.addr) == Some(&process.incarnation)
    }

    /// Whether this is news.
    fn note(&mut self, process: &GatewayRecord) -> bool {
        if self.0.len() >= MAX_GATEWAYS {
            self.0.pop_first();
        }
        let known = self.0.insert(process.addr.clone(), process.incarnation);
        known != Some(process.incarnation)
    }

    /// Whether a gateway hears nothing, although it has been answered for long enough: one that was itself
    /// silent meanwhile may hear well. The heartbeats of one that is deaf count for
    /// nothing: it is answered without a lease, and is gone W after its last heartbeat that did count,
    /// as one that is silent is.
    ///
    /// An acknowledgement that carries a lease therefore always comes with a deadline that is W away: no
    /// lease that got through can outlast the membership.
    pub(super) fn hear(
        &mut self,
        ctx: &mut Ctx<'_>,
        members: &Members,
        heartbeat: &Heartbeat,
    ) -> bool {
        let addr = &heartbeat.gateway.addr;
        let member = members.get(addr);
        let another = |known| known != heartbeat.gateway.incarnation;
        if member.is_some_and(|member| member.incarnation().is_none_or(another)) {
            // Whoever is known here has not said so.
            return false;
        }
        let timing = ctx.core.timing();
        let (unanswered, patience) = (heartbeat.unanswered, patience(timing));
        // The newest heartbeat that counted came W before the deadline.
        let answered =
            |member: &Member| member.deadline() + unanswered >= ctx.now + timing.wait() + patience;
        let known = self.has(&heartbeat.gateway);
        if unanswered < patience || !member.map_or(known, answered) {
            if self.0.remove(addr).is_some() {
                ctx.info(format!("{addr} hears this leader again"));
            }
            return false;
        }
        if self.note(&heartbeat.gateway) {
            ctx.alarm(format!(
                "{addr} hears nothing: its heartbeats arrive, and the answers do not reach it; it is \
                 given no lease, and its groups move as those of a silent gateway unless it hears again"
            ));
        }
        true
    }
}

/// For how long a gateway may be answered without hearing it: longer than an answer that is lost and
/// another try take, and well within the lease.
fn patience(timing: &Timing) -> Duration {
    timing.lease / 2
}
