//! The ends of faults.

use super::Undo;
use crate::clock::{Time, s};
use crate::event::{Event, Pid};
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

    /// Everything works from here on; one gateway may stay away.
    pub(crate) fn heal(&mut self) {
        trace!(self, "HEALED");
        self.healed = Some(self.now);
        self.plan.noise = 0;
        self.network.heal();
        self.plan.store = super::plan::StoreFaults::default();
        self.calm_lock();
        self.lock.heal(self.now);
        for host in &mut self.hosts {
            (host.store_cuts, host.lock_cuts) = (0, 0);
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
            .then(|| self.random.index(self.fleet));
        for slot in 0..self.fleet {
            if self.hosts[slot].listening.is_none() && away != Some(slot) {
                self.start(slot);
            }
        }
        self.after(Self::WELL_AFTER, Event::MustBeWell);
    }

    /// Every gateway is asked about every group, once.
    pub(crate) fn must_be_well(&mut self) {
        trace!(self, "everything must be well now");
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        for group in self.asked.clone() {
            for pid in &pids {
                self.ask(*pid, group, true);
            }
        }
        self.after(s(3), Event::End);
    }
}
