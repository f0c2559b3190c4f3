//! Looks at the whole fleet at one moment, again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use groupkeeper_registry::peer::{Directory as _, MemberView};
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
    list: String,
    said: BTreeMap<u64, String>,
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
        self.look_at_each(world);
        self.look_at_list(world, by.map(|(slot, _)| slot));
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

impl Led {
    /// What each process is, and whom it hears.
    fn look_at_each(&mut self, world: &mut World) {
        let mut news = Vec::new();
        for (slot, process) in world.processes() {
            let status = process.registry.status();
            let (role, fresh, standing) = (status.role, status.fresh, status.standing);
            let heard = status.leader.map(|leader| (leader.addr, leader.epoch));
            let heard = heard.map(|(addr, epoch)| format!("{} in epoch {epoch}", addr.host()));
            let heard = heard.unwrap_or_else(|| "nobody".to_owned());
            let pid = process.pid;
            let say =
                format!("p{pid} at gw{slot}: {role:?} of {heard}, {standing:?}, fresh: {fresh}");
            if self.said.get(&pid) != Some(&say) {
                news.push(say.clone());
                self.said.insert(pid, say);
            }
        }
        for say in news {
            world.note(&say);
        }
    }

    /// What a leader says of the fleet: who has joined it, and who drains.
    fn look_at_list(&mut self, world: &mut World, leader: Option<usize>) {
        let Some(process) = leader.and_then(|slot| world.slots[slot].process.as_ref()) else {
            return;
        };
        let say = |member: &MemberView| {
            let awaited = if member.joined { "" } else { " (awaited)" };
            let draining = if member.draining { " (draining)" } else { "" };
            format!("{}{awaited}{draining}", member.addr.host())
        };
        let members = process.registry.members();
        let list = members.iter().map(say).collect::<Vec<_>>().join(", ");
        if list != self.list {
            world.note(&format!("the leader lists {list}"));
            self.list = list;
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
