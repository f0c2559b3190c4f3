//! What happens to processes: they die, they are stopped, and operators move their groups.

use std::time::Duration;

use groupkeeper_assignment_store::memory::{Call, Fault};
use groupkeeper_registry::peer::PeerError;
use tokio::time::{sleep, timeout};

use super::Kind;
use super::plan::{Plan, Undo};
use crate::judge::broken;
use crate::names;
use crate::wire::Host;
use crate::world::{Shared, Tool};

/// How long a gateway that stops may take to hand over.
const HAND_OVER: Duration = Duration::from_secs(7);
/// How long its server may take after that.
const CLOSE: Duration = Duration::from_millis(2_100);

impl Plan {
    pub(super) fn strike_gateways(&mut self, kind: Kind) -> Option<String> {
        let slot = match kind {
            Kind::CrashLeader | Kind::CrashMidway | Kind::StopLeader => {
                self.world.borrow().leader()?
            }
            _ => self.any_slot(),
        };
        self.world.borrow().pid(slot)?;
        match kind {
            Kind::Stop | Kind::StopLeader | Kind::Keep => self.stop(slot, kind != Kind::Keep),
            Kind::Drain => self.drain(slot),
            Kind::Reassign => self.reassign(slot),
            Kind::Twin => self.twin(slot)?,
            Kind::CrashAll => self.crash_all(),
            Kind::CrashMidway => self.crash_midway(slot),
            _ => self.crash(slot, kind),
        }
        Some(format!("gw{slot}"))
    }

    fn crash(&mut self, slot: usize, kind: Kind) {
        if kind == Kind::Power {
            let wires = self.around(slot);
            let mut world = self.world.borrow_mut();
            world.network.lose(Host(slot));
            world.cut_wires(&wires);
            drop(world);
            self.later(6_000, 6_500, Undo::Mend { wires });
        }
        self.world.borrow_mut().end(slot);
        match kind {
            Kind::Reborn => self.world.borrow_mut().start(slot),
            Kind::Power => self.later(7_000, 15_000, Undo::Start { slot }),
            _ => self.later(10, 12_000, Undo::Start { slot }),
        }
    }

    fn twin(&mut self, slot: usize) -> Option<()> {
        let started = self.world.borrow_mut().start_twin(slot);
        started.then(|| self.later(1_000, 12_000, Undo::EndElder { slot }))
    }

    fn crash_all(&mut self) {
        let slots = self.world.borrow().slots.len();
        for slot in 0..slots {
            self.world.borrow_mut().end(slot);
            self.later(10, 6_000, Undo::Start { slot });
        }
    }

    /// The next commit stops half way, and whoever asked for it dies.
    fn crash_midway(&mut self, slot: usize) {
        let store = self.world.borrow().store.clone();
        store.fault(Call::Commit, Fault::StopsAfter(1));
        let pid = self.world.borrow().pid(slot);
        let world = self.world.clone();
        let commits = store.calls(Call::Commit);
        // Something to commit, whatever else goes on.
        self.reassign(slot);
        self.later(3_000, 9_000, Undo::Start { slot });
        self.jobs.push(Box::pin(async move {
            for _ in 0..1_000 {
                if store.calls(Call::Commit) > commits {
                    break;
                }
                sleep(Duration::from_millis(1)).await;
            }
            let mut world = world.borrow_mut();
            if world.pid(slot) == pid {
                world.end(slot);
            }
        }));
    }

    fn stop(&mut self, slot: usize, drain: bool) {
        let world = self.world.clone();
        self.later(8_000, 14_000, Undo::Start { slot });
        self.jobs.push(Box::pin(stop(world, slot, drain)));
    }

    /// By a tool that asks any gateway.
    fn drain(&mut self, slot: usize) {
        let (world, asked) = (self.world.clone(), self.any_slot());
        self.world.borrow_mut().leaves(slot);
        self.later(9_000, 15_000, Undo::Restart { slot });
        self.jobs.push(Box::pin(async move {
            let mut tool = Tool::new(&world, 50);
            let Ok(client) = tool.at(asked).await else {
                return;
            };
            let client = client.with_deadline(Duration::from_secs(8));
            let done = client.drain(&names::addr(slot)).await;
            told(&world, "drain", &done);
        }));
    }

    fn reassign(&mut self, to: usize) {
        let (world, asked) = (self.world.clone(), self.any_slot());
        let group = {
            let world = &mut *self.world.borrow_mut();
            let group = world.random.index(names::GROUPS);
            world.judge.want(group);
            group
        };
        self.jobs.push(Box::pin(async move {
            let mut tool = Tool::new(&world, 51);
            let Ok(client) = tool.at(asked).await else {
                return;
            };
            let client = client.with_deadline(Duration::from_secs(8));
            let to = Some(names::addr(to));
            let done = client.reassign(&names::group(group), to.as_ref()).await;
            told(&world, "move", &done);
        }));
    }

    /// All wires to and from a slot.
    fn around(&self, slot: usize) -> Vec<(usize, usize)> {
        let others = (0..self.world.borrow().slots.len()).filter(|it| *it != slot);
        others.flat_map(|it| [(slot, it), (it, slot)]).collect()
    }
}

/// Stops a process as the binary does: it hands over while its server goes on, then that closes.
async fn stop(world: Shared, slot: usize, drain: bool) {
    let Some((pid, registry, ended)) = world.borrow().registry(slot) else {
        return;
    };
    let (stop_serving, closed) = {
        let mut world = world.borrow_mut();
        world.leaves(slot);
        let Some(process) = &world.slots[slot].process else {
            return;
        };
        (process.stop_serving.clone(), process.closed.clone())
    };
    let stopped = tokio::select! {
        biased;
        () = ended.cancelled() => return,
        stopped = registry.stop(drain, HAND_OVER) => stopped,
    };
    drop(registry);
    {
        let mut world = world.borrow_mut();
        let name = match stopped {
            Ok(()) => "graceful stops that handed over",
            Err(_) => "graceful stops cut short",
        };
        world.counts.add(name, 1);
        world.note(&format!("gw{slot} (p{pid}) has stopped: {name}"));
    }
    stop_serving.cancel();
    let in_time = timeout(CLOSE, closed.cancelled()).await.is_ok();
    let mut world = world.borrow_mut();
    if !in_time && world.pid(slot) == Some(pid) {
        let what = format!("gw{slot} (p{pid}) serves on {CLOSE:?} after it was told to stop");
        world.check(broken("G7 bounded", what));
    }
    if world.pid(slot) == Some(pid) {
        world.end(slot);
    }
}

fn told<T>(world: &Shared, what: &str, done: &Result<T, PeerError>) {
    let mut world = world.borrow_mut();
    let refused = matches!(done, Err(PeerError::Refused { .. }));
    if refused {
        world.counts.add("operators refused", 1);
    }
    let how = if done.is_ok() { "done" } else { "not done" };
    world.note(&format!("operator's {what}: {how}"));
}
