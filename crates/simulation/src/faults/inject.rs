//! How each kind of fault is done.

use groupkeeper_registry::machine::Input;
use groupkeeper_registry::peer::Role;

use super::{Kind, Undo};
use crate::clock::{Time, ms, s};
use crate::event::{Event, Pending, Pid, Request};
use crate::invariants::Seen;
use crate::names;
use crate::services::LockServer;
use crate::world::{Caller, World, trace};

impl World {
    /// The next fault.
    pub(crate) fn fault(&mut self) {
        if self.healed.is_some() {
            return;
        }
        let pause = self.plan.pause;
        // Often close together, so that faults meet.
        let pause = self.random.between(ms(100), pause * 2 - ms(100));
        self.after(pause, Event::Fault);
        // Where one can't be done now, another can.
        for _ in 0..5 {
            let kind = self.random.pick(&self.plan.kinds);
            if let Some(kind) = kind
                && self.inject(kind)
            {
                return self.counts.fault(kind);
            }
        }
    }

    fn inject(&mut self, kind: Kind) -> bool {
        trace!(self, "FAULT {}", kind.name());
        match kind {
            Kind::Crash => self.anybody().is_some_and(|pid| self.crash(pid)),
            Kind::CrashLeader => self.leader().is_some_and(|pid| self.crash(pid)),
            Kind::CrashTwo => {
                let two = (self.leader(), self.anybody());
                two.0.is_some_and(|pid| self.crash(pid)) | two.1.is_some_and(|pid| self.crash(pid))
            }
            Kind::Pause => self
                .anybody()
                .is_some_and(|pid| self.pause_for_a_while(pid)),
            Kind::PauseLeader => self.leader().is_some_and(|pid| self.pause_for_a_while(pid)),
            Kind::Isolate => self.isolate(),
            Kind::OneWay => {
                let (from, to) = self.two_slots();
                self.cut(vec![(from, to)])
            }
            Kind::Split => self.split(),
            Kind::Storm => {
                self.network.loses = self.random.between(0, 300);
                self.network.delays = self.random.between(0, 300);
                self.network.doubles = self.random.between(0, 300);
                self.end_later(s(15), Undo::NetworkCalm)
            }
            Kind::Drift => self.drift(),
            Kind::StoreOutage => {
                self.plan.store.outage.begin(self.now);
                self.end_later(s(12), Undo::StoreBack { slot: None })
            }
            Kind::StoreCut => {
                let slot = self.slot_mostly_leaders();
                self.hosts[slot].store_cuts += 1;
                self.end_later(s(15), Undo::StoreBack { slot: Some(slot) })
            }
            Kind::StoreBad => {
                let store = &mut self.plan.store;
                store.slow = self.random.between(0, 200);
                store.loses = self.random.between(0, 200);
                store.loses_answers = self.random.between(0, 300);
                store.halves = self.random.between(0, 500);
                store.lates = self.random.between(0, 300);
                self.end_later(s(20), Undo::StoreCalm)
            }
            Kind::LockForgets => {
                let now = self.now;
                self.with_a_lock(|lock| lock.forget(now))
            }
            Kind::LockAdmits => self.with_a_lock(LockServer::admit_another),
            Kind::LockOutage => {
                let slots = (0..self.hosts.len()).collect();
                self.cut_lock(slots)
            }
            Kind::LockCut => {
                let slot = self.slot_mostly_leaders();
                self.cut_lock(vec![slot])
            }
            Kind::LockBad => {
                self.plan.lock.loses = self.random.between(0, 300);
                self.plan.lock.loses_answers = self.random.between(0, 300);
                self.plan.lock.delays = self.random.between(0, 300);
                self.end_later(s(15), Undo::LockCalm)
            }
            Kind::Stop => self.anybody().is_some_and(|pid| self.stop_gracefully(pid)),
            Kind::StopLeader => self.leader().is_some_and(|pid| self.stop_gracefully(pid)),
            Kind::FleetStop => self.stop_fleet(),
            Kind::FleetCrash => self.crash_fleet(),
            Kind::Reassign => self.anybody().is_some_and(|pid| self.reassign(pid)),
            Kind::Drain => self.drain(),
            Kind::CrashMidway => {
                self.plan.store.kills = true;
                true
            }
            Kind::Twin => self.twin(),
            Kind::Guest => self.guest(),
            Kind::Restart => {
                let pid = if self.random.chance(300) {
                    self.leader()
                } else {
                    self.anybody()
                };
                pid.is_some_and(|pid| self.restart(pid))
            }
            Kind::Fork => self.part(false, false),
            Kind::Cut => self.part(true, false),
            Kind::Swap => {
                let one_decides = self.random.chance(500);
                self.part(one_decides, true)
            }
            Kind::Loss => self.lose_writes(),
            Kind::Still => self.stand_still(),
            // It begins when all others are over.
            Kind::Lasting | Kind::Deaf => false,
            // Whoever starts next may have it.
            Kind::Timings => false,
            Kind::Burst => self.burst(0),
            Kind::Slow => {
                self.plan.each = self.random.between(100, 2_500);
                self.end_later(s(60), Undo::StoreFast)
            }
        }
    }

    /// Does something to the lock service, or to one of two.
    fn with_a_lock(&mut self, done: impl FnOnce(&mut LockServer)) -> bool {
        let slot = self.random.index(self.hosts.len());
        let side = self.sides.get_mut(self.hosts[slot].side);
        side.map(|side| done(&mut side.lock)).is_some()
    }

    fn anybody(&mut self) -> Option<Pid> {
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        self.random.pick(&pids)
    }

    pub(super) fn leader(&mut self) -> Option<Pid> {
        let mut leaders = self.processes.iter();
        let leader = leaders.find(|(_, process)| process.view.head.role == Role::Leader);
        leader.map(|(pid, _)| *pid)
    }

    pub(super) fn slot_mostly_leaders(&mut self) -> usize {
        match self.leader() {
            Some(pid) if self.random.chance(600) => self.processes[&pid].slot,
            _ => self.random.index(self.hosts.len()),
        }
    }

    fn two_slots(&mut self) -> (usize, usize) {
        let first = self.slot_mostly_leaders();
        let apart = 1 + self.random.index(self.hosts.len() - 1);
        let second = (first + apart) % self.hosts.len();
        if self.random.chance(500) {
            (first, second)
        } else {
            (second, first)
        }
    }

    /// Plans the end of a fault; always true.
    fn end_later(&mut self, longest: Time, undo: Undo) -> bool {
        let delay = self.random.between(ms(100), longest);
        self.after(delay, Event::Undo(undo));
        true
    }

    pub(crate) fn crash(&mut self, pid: Pid) -> bool {
        let Some(process) = self.processes.get(&pid) else {
            return false;
        };
        let slot = process.slot;
        self.kill(pid);
        let delay = match self.random.index(4) {
            0 => 0,
            1 => self.random.between(ms(1), ms(500)),
            _ => self.random.between(ms(500), s(30)),
        };
        self.after(delay, Event::Undo(Undo::Start { slot }));
        true
    }

    fn pause_for_a_while(&mut self, pid: Pid) -> bool {
        self.pause(pid);
        let longest = if self.random.chance(500) { s(3) } else { s(15) };
        self.end_later(longest, Undo::Resume { pid })
    }

    fn cut(&mut self, wires: Vec<(usize, usize)>) -> bool {
        for (from, to) in &wires {
            self.network.cut(*from, *to);
        }
        self.end_later(s(15), Undo::Mend { wires })
    }

    fn isolate(&mut self) -> bool {
        let alone = self.slot_mostly_leaders();
        let others = (0..self.hosts.len()).filter(|slot| *slot != alone);
        let (inward, outward) = match self.random.index(4) {
            0 => (true, false),
            1 => (false, true),
            _ => (true, true),
        };
        let wires = others.flat_map(|other| {
            let to = inward.then_some((other, alone));
            to.into_iter().chain(outward.then_some((alone, other)))
        });
        self.cut(wires.collect())
    }

    fn split(&mut self) -> bool {
        let here: Vec<bool> = (0..self.hosts.len())
            .map(|_| self.random.chance(500))
            .collect();
        let mut wires = Vec::new();
        for (from, side) in here.iter().enumerate() {
            for (to, other) in here.iter().enumerate() {
                if side != other {
                    wires.push((from, to));
                }
            }
        }
        self.cut(wires)
    }

    fn cut_lock(&mut self, slots: Vec<usize>) -> bool {
        for slot in &slots {
            self.hosts[*slot].lock_cuts += 1;
        }
        self.end_later(s(10), Undo::LockBack { slots })
    }

    fn drift(&mut self) -> bool {
        let slot = self.random.index(self.hosts.len());
        let ppm = i64::try_from(self.random.between(0, 10_000)).unwrap_or(0) - 5_000;
        let ppm = if self.random.chance(500) {
            ppm.signum() * 5_000
        } else {
            ppm
        };
        self.hosts[slot].clock.drift(self.now, ppm);
        true
    }

    fn stop_gracefully(&mut self, pid: Pid) -> bool {
        let restart = Some(self.random.between(0, s(20)));
        let limit = self.random.between(s(1), s(12));
        self.stop(pid, true, limit, restart);
        true
    }

    fn stop_fleet(&mut self) -> bool {
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        let away = self.random.between(ms(100), s(20));
        for pid in pids {
            let restart = Some(away + self.random.between(0, s(3)));
            self.stop(pid, false, s(3), restart);
        }
        true
    }

    fn crash_fleet(&mut self) -> bool {
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        let away = self.random.between(0, s(10));
        for pid in pids {
            let slot = self.processes[&pid].slot;
            self.kill(pid);
            let delay = away + self.random.between(0, s(3));
            self.after(delay, Event::Undo(Undo::Start { slot }));
        }
        true
    }

    /// An operator asks a gateway to have a group moved.
    fn reassign(&mut self, pid: Pid) -> bool {
        let index = self.random.index(self.groups);
        let group = names::group(index);
        let slot = self.random.index(self.hosts.len());
        let to = self
            .random
            .chance(600)
            .then(|| self.hosts[slot].addr.clone());
        let Some(process) = self.processes.get(&pid) else {
            return false;
        };
        if process.paused.is_some() {
            return false;
        }
        let head = &process.view.head;
        match (&head.role, &head.leader) {
            (Role::Leader, _) => {
                self.see(&Seen::Wanted { pid, group: index });
                self.admit(pid, Caller::Operator, |call| Input::Reassign {
                    call,
                    group,
                    to,
                });
            }
            (_, Some(leader)) => {
                let leader = names::rpc_slot(&leader.rpc);
                let waiter = self.wait(pid, Pending::Reassign);
                self.send(pid, leader, Some(waiter), Request::Reassign(group, to));
            }
            (_, None) => return false,
        }
        true
    }

    /// An operator takes all groups from a gateway, and starts it anew some time later.
    fn drain(&mut self) -> bool {
        let (Some(leader), Some(pid)) = (self.leader(), self.anybody()) else {
            return false;
        };
        if self.processes[&leader].paused.is_some() {
            return false;
        }
        let Some(process) = self.processes.get_mut(&pid) else {
            return false;
        };
        process.drained = true;
        let gateway = process.me.addr.clone();
        self.see(&Seen::Leaves {
            pid: leader,
            addr: &gateway,
        });
        self.admit(leader, Caller::Operator, |call| Input::Drain {
            call,
            gateway,
        });
        self.end_later(s(30), Undo::Restart { pid })
    }

    /// A gateway that is not of the fleet starts, with the node ID of one that is.
    fn guest(&mut self) -> bool {
        let slot = self.fleet;
        if self.hosts[slot].listening.is_some() {
            return false;
        }
        let pid = self.started;
        self.start(slot);
        self.end_later(s(60), Undo::Kill { pid })
    }

    /// A second process starts where one runs or is paused; the first ends some time later.
    fn twin(&mut self) -> bool {
        let Some(pid) = self.anybody() else {
            return false;
        };
        let slot = self.processes[&pid].slot;
        if self
            .processes
            .values()
            .filter(|process| process.slot == slot)
            .count()
            > 1
        {
            return false;
        }
        if self.random.chance(300) {
            self.pause_for_a_while(pid);
        }
        self.start(slot);
        self.end_later(s(20), Undo::Kill { pid })
    }
}
