//! G4: a group moves only because its coordinator died or drains, or an operator moved it. A change
//! of leader moves none.
//!
//! "Died" is judged when the leader decides: it must have been silent to this leader for a whole
//! lease of true time, or have heard nothing of it for as long, counted from the beginning of the
//! leader's epoch at the earliest, and no process at its address may believe in its session any more.
//! Who has not joined this leader can't have found it while the store was away, and is given time to
//! when it is back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_registry::machine::{Batch, BatchChange};
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::{Epoch, GatewayAddr, Nonce};

use super::histories::Histories;
use super::history::Decided;
use super::{Outcome, Seen, broken};
use crate::clock::Time;
use crate::event::Pid;
use crate::names;
use crate::world::World;

#[derive(Debug, Default)]
pub(crate) struct Sticky {
    /// When each process's present epoch began.
    begun: BTreeMap<Pid, Time>,
    /// When a process last acknowledged a heartbeat from a slot.
    acked: BTreeMap<(Pid, usize), Time>,
    /// Who is known to a process as leaving.
    leaving: BTreeSet<(Pid, GatewayAddr)>,
    /// What operators want of a process.
    wanted: BTreeSet<(Pid, usize)>,
    /// Moves of a commit under way that have no reason.
    baseless: BTreeMap<Nonce, BTreeMap<usize, String>>,
}

impl Sticky {
    pub(crate) fn look(
        &mut self,
        world: &World,
        histories: &Histories,
        seen: &Seen<'_>,
    ) -> Outcome {
        match seen {
            Seen::Begun { pid, .. } => {
                self.begun.insert(*pid, world.now);
                self.leaving.retain(|(at, _)| {
                    at != pid
                        || world
                            .processes
                            .get(at)
                            .is_some_and(|process| process.stopping.is_some())
                });
                self.wanted.retain(|(at, _)| at != pid);
                self.baseless.clear();
            }
            Seen::Acked { pid, slot } => {
                self.acked.insert((*pid, *slot), world.now);
            }
            Seen::Leaves { pid, addr } => {
                self.leaving.insert((*pid, (*addr).clone()));
            }
            Seen::Wanted { pid, group } => {
                self.wanted.insert((*pid, *group));
            }
            Seen::Ends { pid } => {
                self.leaving.retain(|(at, _)| at != pid);
                self.wanted.retain(|(at, _)| at != pid);
                self.acked.retain(|(at, _), _| at != pid);
            }
            Seen::Issued { pid, batch } => self.judge(world, histories, *pid, batch),
            Seen::Changed {
                batch,
                change: BatchChange::Assign(decision),
                before: Some(before),
                ..
            } if before.coordinator != decision.coordinator => self.has_reason(batch, decision)?,
            Seen::Committed {
                batch, failed_over, ..
            } => {
                let mut moves = failed_over.iter();
                moves.try_for_each(|decision| self.has_reason(batch, decision))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn has_reason(&self, batch: &Batch, decision: &Decision) -> Outcome {
        let group = names::group_index(&decision.group);
        let moves = self.baseless.get(&batch.next.nonce);
        let Some(why) = moves.and_then(|moves| moves.get(&group)) else {
            return Ok(());
        };
        let Decision {
            group,
            coordinator,
            stamp,
        } = decision;
        let what = format!("{group} moves to {coordinator} ({stamp}) without a reason: {why}");
        broken("G4 sticky", what)
    }

    fn judge(&mut self, world: &World, histories: &Histories, pid: Pid, batch: &Batch) {
        if self.baseless.contains_key(&batch.next.nonce) {
            return;
        }
        let mut baseless = BTreeMap::new();
        let side = world.side_of(pid);
        let (Some(at), Some(history)) = (world.sides.get(side), histories.of(side)) else {
            return;
        };
        let failed_over = at.store.failed_over(batch, |group| world.knows(pid, group));
        let assigned = batch.changes.iter().filter_map(|change| match change {
            BatchChange::Assign(decision) => Some(decision),
            _ => None,
        });
        let failed_over = failed_over.iter().map(|decision| (decision, false));
        let assigned = assigned.map(|decision| (decision, true));
        for (decision, alone) in failed_over.chain(assigned) {
            let group = names::group_index(&decision.group);
            let Some(stored) = at.store.decided(group, world.knows(pid, group).as_ref()) else {
                continue;
            };
            // Half of a commit was never decided: it is decided again, or given up.
            let last = history.of(&decision.group).last();
            // Nor what another copy decided.
            let of_another = at.store.is_covered(group) && last.is_none();
            let stays = |it: &Decided| it.coordinator == decision.coordinator;
            if of_another
                || stored.coordinator == decision.coordinator
                || (!history.has(&stored) && last.is_some_and(stays))
                || (alone && self.wanted.remove(&(pid, group)))
                || self.leaving.contains(&(pid, stored.coordinator.clone()))
            {
                continue;
            }
            let epoch = batch.next.epoch;
            if let Some(why) = self.still_there(world, pid, epoch, &stored.coordinator) {
                baseless.insert(group, why);
            }
        }
        self.baseless.insert(batch.next.nonce, baseless);
    }

    /// Why a gateway can't be taken for dead.
    fn still_there(
        &self,
        world: &World,
        pid: Pid,
        epoch: Epoch,
        addr: &GatewayAddr,
    ) -> Option<String> {
        if world.at(addr).any(|process| process.drained) {
            return None;
        }
        for process in world.at(addr) {
            let now = world.hosts[process.slot].clock.show(world.now);
            // Who acts by what the other side says is dead to this one.
            let same_side = process.leased_on == world.sides.branch(pid);
            if same_side && now < process.view.head.lease_until {
                return Some(format!(
                    "{} ({:?}) may act until {}, and its clock shows {now}",
                    process.me.addr, process.view.head.role, process.view.head.lease_until
                ));
            }
        }
        let slot = world.hosts.iter().position(|host| host.addr == *addr);
        let heard = slot.and_then(|slot| self.acked.get(&(pid, slot))).copied();
        let begun = self.begun.get(&pid).copied().unwrap_or(0);
        if heard.is_none_or(|heard| heard < begun)
            && let Some(why) = could_not_join(world, begun)
        {
            return Some(why);
        }
        let hears = world.at(addr).filter(|it| it.heard_of.0 == epoch);
        let hears = hears.map(|process| process.heard_of.1).max();
        let silent = world.now - heard.min(hears).unwrap_or(0).max(begun);
        let lease = u64::try_from(world.config.timing.lease.as_micros()).unwrap_or(u64::MAX);
        (silent < lease).then(|| format!("it has been silent for {} ms only", silent / 1_000))
    }
}

/// Why nobody is late to join a leader whose epoch began then.
fn could_not_join(world: &World, begun: Time) -> Option<String> {
    let timing = &world.config.timing;
    let time = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
    let (from, to) = world.plan.store.outage.span(world.now);
    // All by a clock that may be a little fast or slow.
    let noticed = from.max(begun) + time(timing.store_silence()) * 11 / 10;
    let gone_before = begun + time(timing.wait()) * 99 / 100;
    let in_time = to + time(timing.rejoin_after_outage()) * 9 / 10;
    (noticed < to && noticed < gone_before && world.now < in_time).then(|| {
        let (lasted, over) = ((to - from) / 1_000, (world.now - to) / 1_000);
        format!(
            "the store was away for {lasted} ms until {over} ms ago, and it has not joined since"
        )
    })
}
