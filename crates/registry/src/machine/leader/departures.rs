//! Who wants to go, or is to lose its groups, and who waits for that. Whether it can go yet is asked elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{GatewayAddr, Incarnation, MAX_GATEWAYS, Moment};

use crate::machine::core::Ctx;
use crate::machine::{CallId, Reply};
use crate::peer::PeerError;

/// The gateways that leave, and those that are drained and live on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Departures {
    /// Gateways that want to go, and who waits for it.
    leaving: BTreeMap<GatewayAddr, Vec<CallId>>,
    /// Those of them that keep their groups for their return, also when they have gone: then a group
    /// moves only when somebody asks for it.
    keeps: BTreeSet<GatewayAddr>,
    /// Gateways that are to lose their groups and live on, and who waits for it.
    drains: BTreeMap<GatewayAddr, Vec<CallId>>,
    /// Processes that have left, until none of their heartbeats can be on its way any more.
    left: BTreeMap<GatewayAddr, (Incarnation, Moment)>,
}

impl Departures {
    pub(super) fn is_leaving(&self, addr: &GatewayAddr) -> bool {
        self.leaving.contains_key(addr)
    }

    /// Whether so many leave that this one can't be added.
    pub(super) fn is_full_for(&self, addr: &GatewayAddr) -> bool {
        self.leaving.len() >= MAX_GATEWAYS && !self.is_leaving(addr)
    }

    /// Whether a gateway keeps its groups, though it leaves or has left.
    pub(super) fn keeps_groups(&self, addr: &GatewayAddr) -> bool {
        self.keeps.contains(addr)
    }

    /// Whether a gateway leaves, and does not keep its groups.
    pub(super) fn leaves_groups(&self, addr: &GatewayAddr) -> bool {
        self.is_leaving(addr) && !self.keeps_groups(addr)
    }

    /// Whether somebody waits until a gateway has no groups.
    pub(super) fn is_drained(&self, addr: &GatewayAddr) -> bool {
        self.drains.contains_key(addr)
    }

    /// Whether this very process has left a moment ago.
    pub(super) fn has_left(&self, record: &GatewayRecord, now: Moment) -> bool {
        let left = self.left.get(&record.addr);
        left.is_some_and(|(process, until)| *process == record.incarnation && now < *until)
    }

    /// A gateway wants to go.
    pub(super) fn send_off(
        &mut self,
        ctx: &mut Ctx<'_>,
        addr: GatewayAddr,
        keep_groups: bool,
        call: Option<CallId>,
    ) {
        if keep_groups {
            self.keeps.insert(addr.clone());
        } else {
            self.keeps.remove(&addr);
        }
        let waiting = self.leaving.entry(addr).or_default();
        if let Some(call) = call {
            wait_too(ctx, waiting, call);
        }
    }

    /// Somebody waits until a gateway has no groups.
    pub(super) fn drain(&mut self, ctx: &mut Ctx<'_>, addr: GatewayAddr, call: CallId) {
        wait_too(ctx, self.drains.entry(addr).or_default(), call);
    }

    /// A gateway has joined: its groups are no longer kept for its return.
    pub(super) fn returns(&mut self, addr: &GatewayAddr) {
        self.keeps.remove(addr);
    }

    /// Another process has taken the place of one that was leaving, or was drained: it is not the one
    /// that was to lose its groups, and has them now.
    pub(super) fn comes_back(&mut self, ctx: &mut Ctx<'_>, addr: &GatewayAddr) {
        self.keeps.remove(addr);
        // Who left has given up everything, and has nothing to wait for.
        for call in self.leaving.remove(addr).unwrap_or_default() {
            ctx.reply(call, Reply::Done(Ok(())));
        }
        for call in self.drains.remove(addr).unwrap_or_default() {
            let why = format!(
                "the gateway at {addr} was started again meanwhile, and keeps its groups: to move \
                 them all the same, drain it again"
            );
            ctx.reply(call, Reply::Done(Err(PeerError::Refused { why })));
        }
    }

    /// Some gateways have lost all their groups: who waited for it.
    pub(super) fn end_drains(&mut self, has_none: impl Fn(&GatewayAddr) -> bool) -> Vec<CallId> {
        let done = self.drains.extract_if(.., |addr, _| has_none(addr));
        done.flat_map(|(_, calls)| calls).collect()
    }

    /// Those that can go: who keeps its groups or `has_none`, and this gateway itself as the last, since nobody
    /// else could serve the others. All of them, where there is `nowhere` for groups to go.
    pub(super) fn free(
        &self,
        me: &GatewayAddr,
        nowhere: bool,
        has_none: impl Fn(&GatewayAddr) -> bool,
    ) -> Vec<GatewayAddr> {
        let last = self.leaving.len() == 1;
        let may = |addr: &&GatewayAddr| {
            nowhere || (self.keeps_groups(addr) || has_none(addr)) && (*addr != me || last)
        };
        self.leaving.keys().filter(may).cloned().collect()
    }

    /// A gateway that was leaving is out of the stored set: who waits for it. `None` for one that was not.
    pub(super) fn goes(&mut self, addr: &GatewayAddr, has_groups: bool) -> Option<Vec<CallId>> {
        let calls = self.leaving.remove(addr)?;
        if !has_groups {
            self.keeps.remove(addr);
        }
        Some(calls)
    }

    /// A process has left: it is not let in again by what it said before, until then.
    pub(super) fn has_gone(
        &mut self,
        addr: GatewayAddr,
        process: Incarnation,
        now: Moment,
        until: Moment,
    ) {
        self.left.retain(|_, (_, until)| now < *until);
        self.left.insert(addr, (process, until));
    }

    /// Everybody who waits.
    pub(super) fn take_calls(&mut self) -> Vec<CallId> {
        let leaving = std::mem::take(&mut self.leaving).into_values();
        let drains = std::mem::take(&mut self.drains).into_values();
        leaving.chain(drains).flatten().collect()
    }
}

/// The most calls that wait for the same gateway to go, or to be drained.
const MAX_WAITING: usize = 64;

/// Lets a call wait with others; where there are too many, the oldest has most likely been given up.
fn wait_too(ctx: &mut Ctx<'_>, waiting: &mut Vec<CallId>, call: CallId) {
    if waiting.len() >= MAX_WAITING {
        let error = PeerError::not_available("many others wait for the same; it goes on");
        ctx.reply(waiting.remove(0), Reply::Done(Err(error)));
    }
    waiting.push(call);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::machine::testing::{Bench, addr, gateway};

    #[test]
    fn this_gateway_goes_last_unless_there_is_nowhere_to_move_to() {
        let (mut bench, mut departures) = (Bench::new(), Departures::default());
        let (me, a, b) = (addr("me"), addr("a"), addr("b"));
        departures.send_off(&mut bench.ctx(), me.clone(), false, None);
        departures.send_off(&mut bench.ctx(), a.clone(), false, Some(CallId(1)));
        departures.send_off(&mut bench.ctx(), b.clone(), true, Some(CallId(2)));
        let free = |departures: &Departures, nowhere, none: &GatewayAddr| {
            departures.free(&me, nowhere, |addr| addr == none)
        };
        let keeps = std::slice::from_ref(&b);
        assert_eq!(free(&departures, false, &me), keeps, "it keeps them");
        assert_eq!(free(&departures, false, &a), [a.clone(), b.clone()]);
        assert_eq!(free(&departures, true, &a).len(), 3);
        assert_eq!(departures.goes(&a, false), Some(vec![CallId(1)]));
        assert_eq!(departures.goes(&a, false), None);
        assert_eq!(departures.goes(&b, true), Some(vec![CallId(2)]));
        assert!(departures.keeps_groups(&b), "for its return");
        assert_eq!(free(&departures, false, &me), std::slice::from_ref(&me));
    }

    #[test]
    fn a_successor_loses_nothing() {
        let (mut bench, mut departures) = (Bench::new(), Departures::default());
        departures.send_off(&mut bench.ctx(), addr("a"), false, Some(CallId(1)));
        departures.drain(&mut bench.ctx(), addr("a"), CallId(2));
        assert!(departures.leaves_groups(&addr("a")) && departures.is_drained(&addr("a")));
        departures.comes_back(&mut bench.ctx(), &addr("a"));
        assert_eq!(bench.done(), [(1, true), (2, false)]);
        assert!(!departures.leaves_groups(&addr("a")) && !departures.is_drained(&addr("a")));
    }

    #[test]
    fn who_has_left_is_not_let_in_by_what_it_said_before() {
        let (bench, mut departures) = (Bench::new(), Departures::default());
        let (it, until) = (gateway("a", 1), bench.now + Duration::from_secs(1));
        departures.has_gone(it.addr.clone(), it.incarnation, bench.now, until);
        assert!(departures.has_left(&it, bench.now) && !departures.has_left(&it, until));
        assert!(!departures.has_left(&gateway("a", 2), bench.now));
    }

    #[test]
    fn only_so_many_wait_for_one() {
        let (mut bench, mut departures) = (Bench::new(), Departures::default());
        for call in 0..=MAX_WAITING as u64 {
            departures.drain(&mut bench.ctx(), addr("a"), CallId(call));
        }
        assert_eq!(bench.done(), [(0, false)], "the oldest");
        let waited = departures.end_drains(|it| *it == addr("a"));
        assert_eq!(waited.len(), MAX_WAITING);
        assert_eq!(departures.take_calls(), []);
    }
}
