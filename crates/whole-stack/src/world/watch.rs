//! Looks at the whole fleet at one moment, again and again.

use std::collections::BTreeSet;
use std::time::Duration;

use groupkeeper_types::Epoch;
use tokio::time::{Instant, sleep};

use super::{Shared, World};
use crate::{judge, panics};

/// What is left of a process that was killed is gone by then.
const GONE_AFTER: Duration = Duration::from_millis(100);

/// Ends when an invariant breaks.
pub(crate) async fn watch(world: Shared) {
    let mut led = Led::default();
    loop {
        let pause = {
            let mut world = world.borrow_mut();
            let outcome = judge::one_owner::everywhere(&world);
            world.check(outcome);
            world.look_for_remains();
            world.look_for_panics();
            led.look(&mut world);
            world.counts.add("moments at which owners were compared", 1);
            if world.broken.is_some() {
                return;
            }
            world.random.between(1_000, 20_000)
        };
        sleep(Duration::from_micros(pause)).await;
    }
}

/// Who has led so far.
#[derive(Default)]
struct Led {
    epochs: BTreeSet<Epoch>,
    by: Option<(usize, Epoch)>,
}

impl Led {
    fn look(&mut self, world: &mut World) {
        let mut leading = world.processes().filter_map(|(slot, process)| {
            let leads = process.registry.is_leader();
            let leader = leads.then(|| process.registry.leader()).flatten()?;
            Some((slot, leader.epoch))
        });
        let by = leading.next();
        let another = leading.next();
        drop(leading);
        if another.is_some() {
            world.counts.add("moments with two leaders", 1);
        }
        if by == self.by {
            return;
        }
        self.by = by;
        match by {
            Some((slot, epoch)) => {
                world.note(&format!("gw{slot} leads, epoch {epoch}"));
                if self.epochs.insert(epoch) {
                    world.counts.add("take-overs", 1);
                }
            }
            None => world.note("nobody leads"),
        }
    }
}

impl World {
    fn look_for_remains(&mut self) {
        self.remains.retain(super::Remains::are_there);
        let now = Instant::now();
        let left = self.remains.iter().find(|it| now - it.since > GONE_AFTER);
        if let Some(left) = left {
            let what = format!("p{} has ended, and something of it goes on", left.pid);
            self.check(judge::broken("no task outlives its process", what));
        }
    }

    fn look_for_panics(&mut self) {
        if let Some(said) = panics::first() {
            self.check(judge::broken("no panic", said));
        }
    }
}
