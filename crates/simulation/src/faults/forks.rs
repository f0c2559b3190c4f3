//! A store that parts, and what is lost when its sides meet again.

use std::collections::BTreeMap;

use super::Undo;
use crate::clock::{Time, ms, s};
use crate::event::{Event, Pid, Ticket};
use crate::invariants::Seen;
use crate::names;
use crate::random::Random;
use crate::services::{Parted, Side, SideId, Store};
use crate::world::{World, trace};

/// After one side of a parted store may decide nothing, so long nobody does: every lease that rests on
/// what it decided is over by then.
pub(crate) const SILENCE: Time = s(5);
/// The longest that a side decides after it has parted from those who say that it may.
const PERMIT: Time = s(3);

impl World {
    /// Some gateways reach one side of the store, some the other, and both sides decide; or one of them
    /// does, in the end.
    pub(super) fn part(&mut self, one_decides: bool, swaps: bool) -> bool {
        if self.is_unsound() {
            return false;
        }
        let leader = self.leader().map(|pid| self.processes[&pid].slot);
        let there = there(&mut self.random, self.hosts.len(), leader);
        if there.iter().all(|there| *there) || there.iter().all(|there| !*there) {
            return false;
        }
        let here = self.sides.main();
        let Some((other, as_of)) = self.copy(here, swaps) else {
            return false;
        };
        for (slot, host) in self.hosts.iter_mut().enumerate() {
            if there[slot] {
                host.side = other;
            }
        }
        // Where a copy has not got a leader's record, it can't be where that leader decides.
        let is_whole = self.sides.have_one_record(here, other);
        for (pid, process) in &self.processes {
            let goes = self.hosts[process.slot].side == other && self.sides.branch(*pid) == here;
            if goes && is_whole {
                self.sides.set_branch(*pid, other);
            }
        }
        self.plan.swaps |= swaps;
        let decider = one_decides.then(|| self.one_decides(here, other));
        let wires = if self.random.chance(if one_decides { 800 } else { 700 }) {
            self.wires_between(&there)
        } else {
            Vec::new()
        };
        for (from, to) in &wires {
            self.network.cut(*from, *to);
        }
        let Some(base) = self.sides.get(here).map(|side| side.store.as_of(as_of)) else {
            return false;
        };
        self.sides.parted = Some(Parted {
            sides: (here, other),
            base,
            decider,
            wires,
        });
        self.see(&Seen::Parted { here, other, as_of });
        let longest = if one_decides { s(60) } else { s(40) };
        let delay = self.random.span(ms(100), longest);
        self.after(delay, Event::Undo(Undo::Rejoin));
        true
    }

    /// A copy with a lock of its own; one that `lags` may lack the newest writes.
    fn copy(&mut self, here: SideId, lags: bool) -> Option<(SideId, Time)> {
        let lag = if !lags || self.random.chance(300) {
            0
        } else {
            self.random.span(ms(2), ms(1_400))
        };
        let forgets = self.random.chance(500);
        let lock = self.sides.get(here)?.lock.part(forgets);
        let moment = self.now.saturating_sub(lag);
        Some((self.sides.copy(here, moment, lock)?, moment))
    }

    /// Whether the store is parted, or has been until a moment ago.
    fn is_unsound(&self) -> bool {
        let main = self.sides.get(self.sides.main());
        self.sides.parted.is_some()
            || self.now < self.sides.doubt_until
            || main.is_none_or(|side| !side.may_decide(self.now))
    }

    /// Who may decide in the end. Where the other side has decided so far, it goes on for a little; then
    /// nobody decides for some time.
    fn one_decides(&mut self, here: SideId, other: SideId) -> SideId {
        let (loser, from, until) = if self.random.chance(500) {
            (other, 0, self.now)
        } else {
            let until = self.now + self.random.between(0, PERMIT);
            (here, until + SILENCE + self.random.span(0, s(10)), until)
        };
        let winner = if loser == here { other } else { here };
        if let Some(side) = self.sides.get_mut(winner) {
            side.decides = (from, Time::MAX);
        }
        if let Some(side) = self.sides.get_mut(loser) {
            side.decides = (0, until);
        }
        winner
    }

    fn wires_between(&self, there: &[bool]) -> Vec<(usize, usize)> {
        let slots = 0..self.hosts.len();
        let pairs = slots
            .clone()
            .flat_map(|from| slots.clone().map(move |to| (from, to)));
        pairs
            .filter(|(from, to)| there[*from] != there[*to])
            .collect()
    }

    /// The two sides are one again: what one of them has is the truth.
    pub(crate) fn rejoin(&mut self) {
        let Some(parted) = self.sides.parted.take() else {
            return;
        };
        let (here, other) = parted.sides;
        let mut winner = match parted.decider {
            // Nobody has decided there so far.
            Some(decider) if !self.decides(decider) => {
                if decider == here {
                    other
                } else {
                    here
                }
            }
            Some(decider) => decider,
            None if self.random.chance(500) => here,
            None => other,
        };
        let mut loser = if winner == here { other } else { here };
        for (from, to) in parted.wires {
            self.network.mend(from, to);
        }
        let mut in_doubt = parted.decider.is_none();
        if std::mem::take(&mut self.plan.swaps) {
            // Where the leader record is swapped too, the history that it heads is the one that is left.
            let record = |id| self.sides.get(id).map(|side| &side.store.record);
            let written = record(loser) != Some(&parted.base.record);
            if !in_doubt && written && self.random.chance(300) {
                (winner, loser, in_doubt) = (loser, winner, true);
            }
            self.swap(winner, loser, &parted.base);
        }
        self.is_left(winner, loser, in_doubt);
    }

    fn decides(&self, id: SideId) -> bool {
        let side = self.sides.get(id);
        side.is_some_and(|side| side.may_decide(self.now))
    }

    /// The store loses what it was told last, as where the copy that decided is gone. Nobody decides
    /// until all leases that rest on that are over, or everybody at once.
    pub(super) fn lose_writes(&mut self) -> bool {
        if self.is_unsound() {
            return false;
        }
        let here = self.sides.main();
        let Some((other, as_of)) = self.copy(here, true) else {
            return false;
        };
        self.see(&Seen::Parted { here, other, as_of });
        let at_once = self.random.chance(500);
        let from = if at_once { 0 } else { self.now + SILENCE };
        if let Some(side) = self.sides.get_mut(other) {
            side.decides = (from, Time::MAX);
        }
        self.is_left(other, here, at_once);
        true
    }

    /// One side is left, of two that both decided to the end or not.
    fn is_left(&mut self, winner: SideId, loser: SideId, in_doubt: bool) {
        let Some((lost, waiting)) = self.sides.lose(loser) else {
            return;
        };
        trace!(self, "{winner:?} of the store is left, {loser:?} is lost");
        if let Some(side) = self.sides.get_mut(winner) {
            // Each service may have taken the other's word for who holds the lock.
            if self.random.chance(300) {
                side.lock = lost.lock.clone();
            }
            side.lock.rejoin(self.now);
            side.decides.1 = Time::MAX;
            if in_doubt {
                side.decides.0 = 0;
            }
        }
        for host in &mut self.hosts {
            host.side = winner;
        }
        self.count_lost(winner, &lost);
        self.sides.remember(loser, lost.store);
        for landing in waiting {
            self.never_lands(landing.waits);
        }
        self.sides.lost_at = Some(self.now);
        if in_doubt {
            let longest = self.longest_lease();
            self.sides.doubt_until = self.now + longest;
            self.after(longest, Event::DoubtOver);
        }
        self.see(&Seen::Rejoined { winner, loser });
    }

    fn count_lost(&mut self, winner: SideId, lost: &Side) {
        let Some(side) = self.sides.get(winner) else {
            return;
        };
        let stands = &side.store.assignments;
        let is_lost = |(group, decision): &(&usize, &_)| stands.get(*group) != Some(*decision);
        let count = lost.store.assignments.iter().filter(is_lost).count();
        self.counts.lost_groups += count as u64;
    }

    /// Each copy takes what the other has written since they parted, over its own.
    fn swap(&mut self, winner: SideId, loser: SideId, base: &Store<Ticket>) {
        let Some(lost) = self.sides.get(loser) else {
            return;
        };
        let groups: Vec<_> = lost.store.assignments.clone().into_iter().collect();
        let has = |addr| (addr, lost.store.gateways.get(addr));
        let addrs = base.gateways.keys().chain(lost.store.gateways.keys());
        let gateways: BTreeMap<_, _> = addrs.map(has).collect();
        let gateways: Vec<_> = gateways
            .into_iter()
            .map(|(addr, record)| (addr.clone(), record.cloned()))
            .collect();
        let (now, random) = (self.now, &mut self.random);
        let Some(side) = self.sides.get_mut(winner) else {
            return;
        };
        let share = random.between(0, 1_000);
        let mut swapped = Vec::new();
        for (group, decision) in groups {
            let written = base.assignments.get(&group) != Some(&decision);
            if written && random.chance(share) {
                trace_swap(&mut self.trace, now, group);
                side.store.cover(now, group, decision);
                swapped.push(group);
            }
        }
        for (addr, record) in gateways {
            // Also that it was dismissed.
            let written = base.gateways.get(&addr) != record.as_ref();
            if written && random.chance(share) {
                side.store.cover_gateway(now, &addr, record);
            }
        }
        for group in swapped {
            let side = winner;
            self.see(&Seen::Swapped { side, group });
        }
    }

    /// The longest that a lease may last in true time, whoever gave it.
    pub(crate) fn longest_lease(&self) -> Time {
        let timing = self.longest();
        let lease = u64::try_from(timing.lease.as_micros()).unwrap_or(s(10));
        lease * 1_000_000 / (1_000_000 - u64::from(timing.drift_ppm)) + ms(1)
    }

    /// A gateway's copy stands still.
    pub(super) fn stand_still(&mut self) -> bool {
        let slot = self.random.index(self.hosts.len());
        if self.hosts[slot].still.is_some() {
            return false;
        }
        self.hosts[slot].still = Some(self.now);
        let delay = self.random.span(ms(50), s(15));
        self.after(delay, Event::Undo(Undo::Moves { slot }));
        true
    }

    /// A process dies, and another is started in its place before anybody can have missed it.
    pub(super) fn restart(&mut self, pid: Pid) -> bool {
        let Some(slot) = self.processes.get(&pid).map(|process| process.slot) else {
            return false;
        };
        self.kill(pid);
        let delay = self.random.span(0, s(2));
        self.after(delay, Event::Undo(Undo::Start { slot }));
        true
    }
}

fn trace_swap(trace: &mut crate::trace::Trace, now: Time, group: usize) {
    trace.note(now, || {
        format!("{} gets back what the other side had", names::group(group))
    });
}

/// Which gateways are on the other side: one of them, half of them, or the leader alone or left behind.
fn there(random: &mut Random, slots: usize, leader: Option<usize>) -> Vec<bool> {
    match (random.index(4), leader) {
        (0, Some(leader)) => (0..slots).map(|slot| slot == leader).collect(),
        (1, Some(leader)) => (0..slots).map(|slot| slot != leader).collect(),
        (2, _) => {
            let one = random.index(slots);
            (0..slots).map(|slot| slot == one).collect()
        }
        _ => (0..slots).map(|_| random.chance(500)).collect(),
    }
}
