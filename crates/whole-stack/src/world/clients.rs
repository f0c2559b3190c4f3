//! Who asks: Kafka listeners within a gateway's process, and tools over gRPC.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_registry::peer::{Directory as _, Found, PeerError};
use groupkeeper_rpc::{ConnectError, DirectoryClient};
use groupkeeper_simulation::Random;
use tokio::time::{Instant, sleep};

use super::Shared;
use crate::judge::{self, Answer, Way};
use crate::names;
use crate::wire::{Dialer, Host};

/// How long a tool waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks gateways from within, one question after the other, for ever.
pub(crate) async fn client(world: Shared, mut random: Random) {
    loop {
        sleep(Duration::from_micros(random.between(5_000, 60_000))).await;
        let group = random.index(names::GROUPS);
        let slot = random.index(world.borrow().slots.len());
        if random.chance(100) {
            claim(&world, slot, group).await;
        } else {
            drop(ask(&world, slot, group).await);
        }
    }
}

/// A question within a gateway's process; `None` when there is no process, or no longer.
pub(crate) async fn ask(
    world: &Shared,
    slot: usize,
    group: usize,
) -> Option<Result<Found, PeerError>> {
    let (pid, registry, ended) = world.borrow().registry(slot)?;
    world.borrow_mut().counts.add("questions in the process", 1);
    let begun = Instant::now();
    let name = names::group(group);
    let answer = tokio::select! {
        biased;
        () = ended.cancelled() => return None,
        answer = registry.find(&name) => answer,
    };
    heard(world, Some(pid), slot, group, Way::Local, begun, &answer);
    Some(answer)
}

/// Asks for leave to act, and looks at once whether anybody else has it.
async fn claim(world: &Shared, slot: usize, group: usize) -> Option<()> {
    let (pid, registry, ended) = world.borrow().registry(slot)?;
    let name = names::group(group);
    let claimed = tokio::select! {
        biased;
        () = ended.cancelled() => return None,
        claimed = registry.claim(&name) => claimed,
    };
    let guard = claimed.ok()?;
    let mut world = world.borrow_mut();
    if guard.is_valid() {
        world.counts.add("claims granted", 1);
        world.note(&format!("p{pid} acts for {name} by {}", guard.token()));
        let outcome = judge::one_owner::of(&world, group);
        world.check(outcome);
    }
    Some(())
}

/// A tool on a machine of its own, with a connection to each gateway.
pub(crate) struct Tool {
    world: Shared,
    dialer: Arc<Dialer>,
    connected: BTreeMap<usize, DirectoryClient>,
}

impl Tool {
    pub(crate) fn new(world: &Shared, number: usize) -> Self {
        let dialer = Dialer {
            network: world.borrow().network.clone(),
            from: Host(100 + number),
        };
        Self {
            world: world.clone(),
            dialer: Arc::new(dialer),
            connected: BTreeMap::new(),
        }
    }

    pub(crate) async fn at(&mut self, slot: usize) -> Result<DirectoryClient, ConnectError> {
        if let Some(client) = self.connected.get(&slot) {
            return Ok(client.clone());
        }
        let dialer = self.dialer.clone();
        let client = DirectoryClient::connect_with(dialer, &names::rpc(slot), PATIENCE).await?;
        self.connected.insert(slot, client.clone());
        Ok(client)
    }

    pub(crate) async fn ask(
        &mut self,
        slot: usize,
        group: usize,
    ) -> Option<Result<Found, PeerError>> {
        let client = self.at(slot).await.ok()?;
        let pid = self.world.borrow().serving(slot);
        self.count("questions over gRPC");
        let begun = Instant::now();
        let answer = client.find(&names::group(group)).await;
        let pid = pid.filter(|pid| self.world.borrow().serving(slot) == Some(*pid));
        heard(&self.world, pid, slot, group, Way::Grpc, begun, &answer);
        self.forget_if_broken(slot, answer.as_ref().err());
        Some(answer)
    }

    /// The coordinator that is there, and none is made.
    async fn get(&mut self, slot: usize, group: usize) -> Option<()> {
        let client = self.at(slot).await.ok()?;
        self.count("questions over gRPC");
        let begun = Instant::now();
        let answer = client.get(&names::group(group)).await;
        if let Err(PeerError::NotFound { .. }) = answer {
            let mut world = self.world.borrow_mut();
            let outcome = world.judge.not_found(slot, group, begun);
            world.check(outcome);
        } else {
            heard(&self.world, None, slot, group, Way::Grpc, begun, &answer);
        }
        self.forget_if_broken(slot, answer.as_ref().err());
        Some(())
    }

    /// What the process there may act for.
    async fn owns(&mut self, slot: usize) -> Option<()> {
        let client = self.at(slot).await.ok()?;
        let groups = self.world.borrow().groups.clone();
        let answer = client.owns(&groups).await;
        self.forget_if_broken(slot, answer.as_ref().err());
        let held = answer
            .ok()?
            .groups
            .iter()
            .filter(|(_, it)| it.held.is_some())
            .count();
        self.count("gRPC questions who owns");
        self.world
            .borrow_mut()
            .note(&format!("gw{slot} says that it owns {held} groups"));
        Some(())
    }

    pub(crate) fn forget_if_broken(&mut self, slot: usize, error: Option<&PeerError>) {
        if let Some(PeerError::Unreachable { .. }) = error {
            self.connected.remove(&slot);
        }
    }

    fn count(&self, name: &str) {
        self.world.borrow_mut().counts.add(name, 1);
    }
}

/// Asks gateways over gRPC, one question after the other, for ever.
pub(crate) async fn tool(world: Shared, number: usize, mut random: Random) {
    let mut tool = Tool::new(&world, number);
    loop {
        sleep(Duration::from_micros(random.between(5_000, 80_000))).await;
        let group = random.index(names::GROUPS);
        let slot = random.index(world.borrow().slots.len());
        if random.chance(50) {
            tool.owns(slot).await;
        } else if random.chance(200) {
            tool.get(slot, group).await;
        } else {
            drop(tool.ask(slot, group).await);
        }
    }
}

/// Takes an answer down and holds it against all before it.
fn heard(
    world: &Shared,
    pid: Option<u64>,
    slot: usize,
    group: usize,
    way: Way,
    begun: Instant,
    answer: &Result<Found, PeerError>,
) {
    let world = &mut *world.borrow_mut();
    let Ok(found) = answer else {
        world.counts.add("questions without an answer", 1);
        return world.note(&format!("gw{slot} {way:?} g{group:02}: no answer"));
    };
    let name = match way {
        Way::Local => "answers in the process",
        Way::Grpc => "answers over gRPC",
    };
    world.counts.add(name, 1);
    let decision = &found.decision;
    world.note(&format!(
        "gw{slot} {way:?} g{group:02}: {} {}",
        decision.coordinator, decision.stamp
    ));
    let answer = Answer {
        pid,
        slot,
        group,
        way,
        begun,
        found: found.clone(),
    };
    match world.judge.answered(&answer) {
        Ok(false) => {}
        Ok(true) => world.counts.add("moves seen in answers", 1),
        Err(violation) => world.check(Err(violation)),
    }
}
