//! Faults of the network, of the store and of the lock service.

use std::collections::BTreeSet;

use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_election::testing::{Fault as LockFault, Operation};

use super::Kind;
use super::plan::{Plan, Undo};
use crate::wire::{Host, Weather};
use crate::world::World;

impl Plan {
    /// Lets something go wrong; `None` when it can't now.
    pub(super) fn inject(&mut self, kind: Kind) -> Option<String> {
        match kind {
            Kind::Crash
            | Kind::CrashLeader
            | Kind::CrashMidway
            | Kind::CrashAll
            | Kind::Power
            | Kind::Reborn
            | Kind::Twin
            | Kind::Stop
            | Kind::StopLeader
            | Kind::Keep
            | Kind::Drain
            | Kind::Reassign => self.strike_gateways(kind),
            Kind::Isolate | Kind::IsolateLeader | Kind::OneWay | Kind::Split => self.cut(kind),
            Kind::Storm | Kind::Stall | Kind::Reset => self.strike_connections(kind),
            Kind::StoreOutage
            | Kind::StoreSlow
            | Kind::StoreLoses
            | Kind::StoreHalf
            | Kind::StoreLate => Some(self.strike_store(kind)),
            Kind::LockOutage
            | Kind::LockCut
            | Kind::LockLoses
            | Kind::LockForgets
            | Kind::LockAdmits => self.strike_lock(kind),
        }
    }

    pub(super) fn any_slot(&self) -> usize {
        let world = &mut *self.world.borrow_mut();
        world.random.index(world.slots.len())
    }

    fn cut(&mut self, kind: Kind) -> Option<String> {
        let one = match kind {
            Kind::IsolateLeader => self.world.borrow().leader()?,
            _ => self.any_slot(),
        };
        let wires = {
            let world = &mut *self.world.borrow_mut();
            let slots = world.slots.len();
            let mut apart = vec![false; slots];
            apart[one] = true;
            if kind == Kind::Split {
                apart
                    .iter_mut()
                    .for_each(|it| *it |= world.random.chance(400));
            }
            let all = (0..slots).flat_map(|from| (0..slots).map(move |to| (from, to)));
            let across = all.filter(|(from, to)| apart[*from] != apart[*to]);
            let mut wires: Vec<(usize, usize)> = across.collect();
            if kind == Kind::OneWay {
                wires = world.random.pick(&wires).into_iter().collect();
            }
            world.cut_wires(&wires);
            wires
        };
        let what = format!("{wires:?}");
        self.later(500, 12_000, Undo::Mend { wires });
        Some(what)
    }

    fn strike_connections(&mut self, kind: Kind) -> Option<String> {
        let slot = self.any_slot();
        let network = self.world.borrow().network.clone();
        let what = match kind {
            Kind::Storm => {
                let world = &mut *self.world.borrow_mut();
                let weather = Weather {
                    takes: (1_000, world.random.between(20_000, 150_000)),
                    loses: world.random.between(20, 150),
                };
                network.set_weather(weather);
                world.all_fall_ill();
                format!("{weather:?}")
            }
            Kind::Stall => {
                self.world.borrow_mut().all_fall_ill();
                format!("{} at gw{slot}", network.stall(Host(slot)))
            }
            _ => format!("{} at gw{slot}", network.reset(Host(slot))),
        };
        match kind {
            Kind::Storm => self.later(2_000, 15_000, Undo::Calm),
            Kind::Stall => self.later(300, 6_000, Undo::LetGo),
            _ => {}
        }
        Some(what)
    }

    fn strike_store(&mut self, kind: Kind) -> String {
        let shared = self.world.clone();
        let mut borrowed = shared.borrow_mut();
        let world = &mut *borrowed;
        let store = world.store.clone();
        let random = &mut world.random;
        let what;
        let (low, high, undo) = match kind {
            Kind::StoreOutage => {
                store.outage();
                world.judge.store_is_away(true);
                what = "all calls".to_owned();
                (500, 9_000, Undo::StoreBack { gate: None })
            }
            Kind::StoreSlow => {
                let gate = Gate::new();
                let answers = random.chance(500);
                for call in Call::ALL {
                    let held = if answers {
                        Fault::HeldAnswer(gate.clone())
                    } else {
                        Fault::HeldRequest(gate.clone())
                    };
                    store.fault_always(call, held);
                }
                world.judge.store_is_away(true);
                what = if answers { "answers" } else { "questions" }.to_owned();
                (200, 4_000, Undo::StoreBack { gate: Some(gate) })
            }
            Kind::StoreHalf => {
                let changes = random.index(3);
                store.fault(Call::Commit, Fault::StopsAfter(changes));
                return format!("after {changes} changes");
            }
            Kind::StoreLate => {
                let call = random.pick(&[Call::Commit, Call::Begin, Call::Commit]);
                store.fault(call.unwrap_or(Call::Commit), Fault::Late);
                what = format!("{call:?}");
                (100, 9_000, Undo::Land)
            }
            _ => {
                for _ in 0..random.between(1, 4) {
                    if let Some(call) = random.pick(&Call::ALL) {
                        store.fault(call, Fault::LostAnswer);
                    }
                }
                store.fault(Call::Commit, Fault::LostAnswer);
                return "the next few".to_owned();
            }
        };
        drop(borrowed);
        self.later(low, high, undo);
        what
    }

    fn strike_lock(&mut self, kind: Kind) -> Option<String> {
        let slots: Vec<usize> = match kind {
            Kind::LockOutage => (0..self.world.borrow().slots.len()).collect(),
            Kind::LockCut => {
                let leader = self.world.borrow().leader();
                vec![leader.unwrap_or_else(|| self.any_slot())]
            }
            _ => Vec::new(),
        };
        let shared = self.world.clone();
        let mut world = shared.borrow_mut();
        let key = world.lock_key.clone();
        match kind {
            Kind::LockForgets => world.locks.forget(&key),
            Kind::LockAdmits => world.locks.admit_another(&key),
            Kind::LockLoses => {
                let calls = world.random.between(1, 3);
                for (_, process) in world.processes() {
                    for _ in 0..calls {
                        process
                            .lock_faults
                            .once(Operation::Renew, LockFault::LoseAnswer);
                        process
                            .lock_faults
                            .once(Operation::Acquire, LockFault::LoseAnswer);
                    }
                }
                return Some(format!("{calls} of each gateway"));
            }
            _ => world.cut_lock(&slots),
        }
        drop(world);
        let what = format!("{slots:?}");
        if !slots.is_empty() {
            self.later(300, 7_000, Undo::LockBack { slots });
        }
        Some(what)
    }
}

impl World {
    pub(super) fn cut_wires(&mut self, wires: &[(usize, usize)]) {
        for (from, to) in wires {
            self.network.cut(Host(*from), Host(*to));
        }
        for slot in ends(wires) {
            self.judge.falls_ill(slot);
        }
    }

    pub(crate) fn all_fall_ill(&mut self) {
        self.judge.all_fall_ill(self.slots.len());
    }

    fn cut_lock(&mut self, slots: &[usize]) {
        for slot in slots {
            self.slots[*slot].lock_cut = true;
            if let Some(process) = &self.slots[*slot].process {
                process.lock_faults.cut_off();
            }
        }
    }
}

/// The slots at the ends of wires, each once.
pub(super) fn ends(wires: &[(usize, usize)]) -> BTreeSet<usize> {
    wires.iter().flat_map(|(from, to)| [*from, *to]).collect()
}
