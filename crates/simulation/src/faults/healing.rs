//! The ends of faults.

use super::{Kind, Undo};
use crate::clock::{Time, s};
use crate::event::{Event, Pid};
use crate::invariants::Seen;
use crate::world::{World, trace};

impl World {
    /// How long after all faults are over everything must be well.
    pub(crate) const WELL_AFTER: Time = s(15);

    pub(crate) fn undo(&mut self, undo: Undo) {
        if self.healed.is_some() {
            return;
        }
        trace!(self, "over: {undo:?}");
        match undo {
            Undo::Start { slot } => {
                if self.hosts[slot].listening.is_none() {
                    self.start(slot);
                }
            }
            Undo::Resume { pid } => self.resume(pid),
            Undo::Kill { pid } => self.kill(pid),
            Undo::Restart { pid } => {
                if let Some(slot) = self.processes.get(&pid).map(|process| process.slot) {
                    self.kill(pid);
                    self.start(slot);
                }
            }
            Undo::Mend { wires } => {
                for (from, to) in wires {
                    self.network.mend(from, to);
                }
            }
            Undo::NetworkCalm => self.calm_network(),
            Undo::StoreBack { slot: None } => {
                self.plan.store.outage.end(self.now);
            }
            Undo::StoreBack { slot: Some(slot) } => {
                let cuts = &mut self.hosts[slot].store_cuts;
                *cuts = cuts.saturating_sub(1);
            }
            Undo::StoreCalm => self.calm_store(),
            Undo::LockBack { slots } => {
                for slot in slots {
                    let cuts = &mut self.hosts[slot].lock_cuts;
                    *cuts = cuts.saturating_sub(1);
                }
            }
            Undo::LockCalm => self.calm_lock(),
            Undo::StoreFast => self.plan.each = 0,
            Undo::Rejoin => self.rejoin(),
            Undo::Moves { slot } => self.hosts[slot].still = None,
        }
    }

    pub(crate) fn calm_network(&mut self) {
        let noise = self.plan.noise;
        (
            self.network.loses,
            self.network.delays,
            self.network.doubles,
        ) = (noise, noise, noise);
    }

    pub(crate) fn calm_store(&mut self) {
        let noise = self.plan.noise;
        let outage = self.plan.store.outage;
        self.plan.store = super::plan::StoreFaults {
            outage,
            slow: noise,
            loses: noise,
            loses_answers: noise,
            halves: noise,
            lates: noise,
            kills: self.plan.store.kills,
        };
    }

    pub(crate) fn calm_lock(&mut self) {
        let noise = self.plan.noise;
        self.plan.lock = super::plan::LockFaults {
            loses: noise,
            loses_answers: noise,
            delays: noise,
        };
    }

    /// Everything works from here on; one gateway may stay away, and one that stays may not be well.
    pub(crate) fn heal(&mut self) {
        trace!(self, "HEALED");
        self.healed = Some(self.now);
        self.rejoin();
        let main = self.sides.main();
        self.plan.noise = 0;
        self.network.heal();
        self.plan.store = super::plan::StoreFaults::default();
        self.calm_lock();
        if let Some(side) = self.sides.get_mut(main) {
            side.lock.heal(self.now);
        }
        for host in &mut self.hosts {
            (host.store_cuts, host.lock_cuts) = (0, 0);
            host.still = None;
        }
        // A store may be slow for ever.
        if self.random.chance(500) {
            self.plan.each = 0;
        }
        self.leave_a_fault();
        if self.plan.kinds.contains(&Kind::Burst) {
            self.burst(0);
            // Clients ask again, until there is an answer.
            self.burst(s(8));
        }
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        for pid in pids {
            let process = &self.processes[&pid];
            let replaced = self.hosts[process.slot].listening != Some(pid);
            let guest = process.slot >= self.fleet;
            if replaced || guest || process.drained || process.stopping.is_some() {
                self.kill(pid);
            } else {
                self.resume(pid);
            }
        }
        let away = self
            .random
            .chance(400)
            .then(|| self.random.index(self.fleet))
            // Of two gateways that don't reach each other nobody can tell which is ill.
            .filter(|_| self.fleet > 3 || !self.plan.kinds.contains(&Kind::Deaf));
        for slot in 0..self.fleet {
            if self.hosts[slot].listening.is_none() && away != Some(slot) {
                self.start(slot);
            }
        }
        self.after(Self::WELL_AFTER, Event::MustBeWell);
    }

    /// Every gateway that is well is asked about every group, once.
    pub(crate) fn must_be_well(&mut self) {
        trace!(self, "everything must be well now");
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        self.see(&Seen::AllWell);
        let is_well = |pid: &Pid| Some(self.processes[pid].slot) != self.lasting;
        let pids: Vec<Pid> = pids.into_iter().filter(is_well).collect();
        for group in self.asked.clone() {
            for pid in &pids {
                self.ask(*pid, group, true);
            }
        }
        self.after(s(3), Event::End);
    }
}
