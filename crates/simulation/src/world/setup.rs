//! How a run begins.

use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_hashing::Strategy;
use groupkeeper_registry::Config;
use groupkeeper_types::{Promises, Timing};

use super::{Host, World};
use crate::clock::{HostClock, ms, s};
use crate::event::Event;
use crate::faults::{Kind, Plan, Undo};
use crate::invariants::Invariants;
use crate::mix::Mix;
use crate::names;
use crate::random::Random;
use crate::report::Counts;
use crate::schedule::Schedule;
use crate::services::{LockServer, Network, SideId, Sides};
use crate::trace::Trace;

/// A timing with leases half as long again, which promises less.
fn longer(timing: &Timing) -> Timing {
    let more = timing.lease / 2;
    let promises = timing.promises;
    Timing {
        lease: timing.lease + more,
        promises: Promises {
            coordinator: promises.coordinator + more * 2,
            both: promises.both + more * 2,
            ..promises
        },
        ..timing.clone()
    }
}

impl World {
    /// How long faults go on.
    pub(crate) const FAULTS_END: u64 = s(600);

    /// A fleet of three to seven gateways that begin to start.
    pub(crate) fn new(seed: u64, mix: &Mix, trace: bool) -> Self {
        let mut random = Random::new(seed);
        let fleet = 3 + random.index(5);
        let plan = Plan::new(&mut random, mix);
        let guests = usize::from(plan.kinds.contains(&Kind::Guest));
        let drift = |random: &mut Random| {
            let ppm = i64::try_from(random.between(0, 10_000)).unwrap_or(0);
            ppm - 5_000
        };
        let clashes_with = random.index(3);
        let hosts = (0..fleet + guests).map(|slot| Host {
            addr: if slot < fleet {
                names::addr(slot)
            } else {
                names::clashing_addr(clashes_with)
            },
            clock: HostClock::new(random.between(0, s(100_000)), drift(&mut random)),
            listening: None,
            store_cuts: 0,
            lock_cuts: 0,
            side: SideId::default(),
            still: None,
        });
        let hosts: Vec<Host> = hosts.collect();
        let placement: Strategy = if random.chance(700) {
            "rendezvous"
        } else {
            "modulo"
        }
        .parse()
        .expect("a known strategy");
        let cached_groups = if random.chance(400) {
            8 + random.index(40)
        } else {
            10_000
        };
        let config = Config {
            placement,
            cached_groups,
            ..Config::default()
        };
        let changed = plan.kinds.contains(&Kind::Timings);
        let changed = changed.then(|| Config {
            timing: longer(&config.timing),
            ..config.clone()
        });
        let ttl = u64::try_from(config.timing.lock_ttl.as_micros()).unwrap_or(s(2));
        let ttl = random.between(ttl * 995 / 1_000, ttl * 1_005 / 1_000);
        let mut world = Self {
            now: 0,
            steps: 0,
            random,
            schedule: Schedule::default(),
            config,
            changed,
            network: Network::new(fleet + guests),
            hosts,
            fleet,
            processes: BTreeMap::new(),
            started: 0,
            sides: Sides::new(LockServer::new(ttl)),
            plan,
            groups: 10,
            asked: BTreeSet::new(),
            counts: Counts::default(),
            trace: Trace::new(trace),
            invariants: Invariants::default(),
            effects: Vec::new(),
            checks_tokens: mix.has(Kind::Restart),
            broken: None,
            lasting: None,
            healed: None,
            ended: false,
        };
        for slot in 0..fleet {
            let delay = world.random.span(0, s(2));
            world.after(delay, Event::Undo(Undo::Start { slot }));
        }
        world.calm_network();
        world.calm_store();
        world.calm_lock();
        world.after(ms(100), Event::Client);
        world.after(s(5), Event::Fault);
        world.schedule.at(Self::FAULTS_END, Event::Heal);
        world
    }
}
