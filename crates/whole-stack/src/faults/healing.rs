//! The ends of faults, and the end of all of them.

use std::time::Duration;

use groupkeeper_registry::peer::{Found, PeerError};
use tokio::time::sleep;

use super::inject::ends;
use super::plan::{Plan, Undo};
use crate::judge::{Outcome, broken, one_owner};
use crate::names;
use crate::wire::{Host, Weather};
use crate::world::{Shared, Tool, World, ask};

/// How long after all faults are over everything must be well (G8).
const WELL_AFTER: Duration = Duration::from_secs(15);
const LIVE: &str = "G8 live";

impl Plan {
    pub(super) fn undo(&self, undo: Undo) {
        let world = &mut *self.world.borrow_mut();
        world.note(&format!("over: {}", undo.name()));
        match undo {
            Undo::Start { slot } => world.start(slot),
            Undo::Restart { slot } => {
                if world.end(slot) {
                    world.start(slot);
                }
            }
            Undo::EndElder { slot } => world.end_elder(slot),
            Undo::Mend { wires } => {
                for slot in ends(&wires) {
                    world.judge.is_better(slot);
                }
                for (from, to) in wires {
                    world.network.mend(Host(from), Host(to));
                }
            }
            Undo::Calm => {
                world.network.set_weather(Weather::CALM);
                world.all_are_better();
            }
            Undo::LetGo => {
                world.network.let_go();
                world.all_are_better();
            }
            Undo::StoreBack { gate } => {
                world.store.heal();
                if let Some(gate) = gate {
                    gate.release();
                }
                world.judge.store_is_away(false);
            }
            Undo::Land => drop(world.store.land_late()),
            Undo::LockBack { slots } => world.lock_back(&slots),
        }
    }

    /// Everything works from here on.
    pub(super) fn heal(&mut self) {
        for undo in self.rest() {
            // Who is down or drained starts below, whatever has come of it by then.
            if !matches!(undo, Undo::Start { .. } | Undo::Restart { .. }) {
                self.undo(undo);
            }
        }
        let world = &mut *self.world.borrow_mut();
        world.note("HEALED");
        world.network.heal();
        world.store.heal();
        world.judge.store_is_away(false);
        let slots: Vec<usize> = (0..world.slots.len()).collect();
        world.lock_back(&slots);
        for slot in slots {
            if world.slots[slot]
                .process
                .as_ref()
                .is_some_and(|it| it.leaving)
            {
                world.end(slot);
            }
            world.end_elder(slot);
            world.start(slot);
        }
    }

    /// Every gateway is asked about every group, both ways, and everybody says the same; and whoever
    /// is named may act.
    pub(super) async fn must_be_well(&self) {
        sleep(WELL_AFTER).await;
        self.world.borrow_mut().note("everything must be well now");
        let slots = self.world.borrow().slots.len();
        let mut tool = Tool::new(&self.world, 60);
        for group in 0..names::GROUPS {
            let mut named = None;
            for slot in 0..slots {
                let local = ask(&self.world, slot, group).await;
                let over_grpc = tool.ask(slot, group).await;
                for answer in [local, over_grpc] {
                    let outcome = same(slot, group, answer, &mut named);
                    self.world.borrow_mut().check(outcome);
                }
            }
            if let Some(at) = named {
                let outcome = acts(&self.world, group, &at).await;
                self.world.borrow_mut().check(outcome);
            }
            if self.world.borrow().broken.is_some() {
                return;
            }
        }
    }
}

type Asked = Option<Result<Found, PeerError>>;

fn same(slot: usize, group: usize, answer: Asked, named: &mut Option<String>) -> Outcome {
    let found = match answer {
        Some(Ok(found)) => found,
        Some(Err(error)) => {
            return broken(LIVE, format!("gw{slot} about g{group:02}: {error}"));
        }
        None => return broken(LIVE, format!("gw{slot} can't be asked about g{group:02}")),
    };
    let at = found.decision.coordinator.to_string();
    match named {
        Some(first) if *first != at => {
            let what = format!("gw{slot} says that g{group:02} is at {at}, others at {first}");
            broken(LIVE, what)
        }
        _ => {
            *named = Some(at);
            Ok(())
        }
    }
}

/// Whoever is named has leave to act, and nobody else has.
async fn acts(world: &Shared, group: usize, at: &str) -> Outcome {
    let slots = world.borrow().slots.len();
    let slot = (0..slots).find(|slot| names::addr(*slot).as_str() == at);
    let process = slot.and_then(|slot| world.borrow().registry(slot));
    let Some((_, registry, _)) = process else {
        return broken(LIVE, format!("g{group:02} is at {at}, where nothing runs"));
    };
    if let Err(error) = registry.claim(&names::group(group)).await {
        return broken(LIVE, format!("{at} may not act for g{group:02}: {error}"));
    }
    let mut world = world.borrow_mut();
    world.counts.add("answers after healing", 1);
    one_owner::of(&world, group)
}

impl World {
    pub(crate) fn all_are_better(&mut self) {
        for slot in 0..self.slots.len() {
            self.judge.is_better(slot);
        }
    }

    fn lock_back(&mut self, slots: &[usize]) {
        for slot in slots {
            self.slots[*slot].lock_cut = false;
            let faults = self.slots[*slot].process.as_ref();
            if let Some(faults) = faults.map(|process| process.lock_faults.clone()) {
                self.calm_lock(&faults);
            }
        }
    }
}
