//! Answers that were on their way for too long: the process was suspended, or heard of newer decisions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crate::fleet::{Node, World, addr, group, leader, seconds, until};
use async_trait::async_trait;
use groupkeeper_assignment_store::memory::{Call, Fault, Gate};
use groupkeeper_election::testing::TokioClock;
use groupkeeper_registry::peer::{
    Ack, Directory, Found, Heartbeat, LeaderService, Leave, PeerError, Peers, Resigned,
};
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_types::{Clock, GatewayAddr, GroupName, Moment, RpcAddr, Stamp};

/// A clock that can leap, as it does for a process that was suspended: timers don't see it.
#[derive(Debug, Clone)]
struct Leaping {
    clock: TokioClock,
    by: Arc<AtomicU64>,
}

impl Leaping {
    fn leap(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).expect("a span");
        self.by.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for Leaping {
    fn now(&self) -> Moment {
        self.clock.now() + Duration::from_micros(self.by.load(Ordering::SeqCst))
    }
}

/// A network on which so many answers about groups come late.
#[derive(Debug, Clone)]
struct Late {
    whole: Arc<dyn Peers>,
    clock: Leaping,
    /// The process is suspended when one has come.
    suspends: Arc<AtomicUsize>,
    /// It is as of before everything.
    ages: Arc<AtomicUsize>,
    /// How long the answer to a heartbeat takes, in milliseconds.
    heartbeat: Arc<AtomicU64>,
}

fn takes_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
        .is_ok()
}

impl Peers for Late {
    fn at(&self, addr: &RpcAddr) -> Arc<dyn LeaderService> {
        Arc::new(Link(self.whole.at(addr), self.clone()))
    }

    fn retain(&self, peers: &[RpcAddr]) {
        self.whole.retain(peers);
    }
}

#[derive(Debug)]
struct Link(Arc<dyn LeaderService>, Late);

#[async_trait]
impl LeaderService for Link {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        let takes = Duration::from_millis(self.1.heartbeat.load(Ordering::SeqCst));
        let answer = self.0.heartbeat(heartbeat).await;
        tokio::time::sleep(takes).await;
        answer
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        self.0.leave(leave).await
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        let mut found = self.0.assign(group).await?;
        if takes_one(&self.1.suspends) {
            self.1.clock.leap(seconds(2));
        }
        if takes_one(&self.1.ages) {
            found.as_of = Stamp::ZERO;
        }
        Ok(found)
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.0.reassign(group, to).await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        self.0.drain(gateway).await
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        self.0.resigned(resigned).await
    }
}

/// A leader, and a follower on such a network.
async fn fleet(world: &mut World) -> (Vec<Node>, Registry, Late) {
    let nodes = world.start_fleet(1).await;
    let parts = world.parts(&addr(2));
    let late = Late {
        whole: Arc::clone(&parts.peers),
        clock: Leaping {
            clock: world.clock.clone(),
            by: Arc::default(),
        },
        suspends: Arc::default(),
        ages: Arc::default(),
        heartbeat: Arc::default(),
    };
    let parts = Parts {
        peers: Arc::new(late.clone()),
        clock: Arc::new(late.clock.clone()),
        ..parts
    };
    let registry = Registry::start(World::record(&addr(2), 2), Config::default(), parts).unwrap();
    assert!(registry.wait_until_member(seconds(5)).await);
    (nodes, registry, late)
}

#[tokio::test(start_paused = true)]
async fn what_came_while_the_process_was_suspended_is_not_told_when_it_wakes() {
    let mut world = World::new();
    let (_nodes, registry, late) = fleet(&mut world).await;
    late.suspends.store(1, Ordering::SeqCst);
    let error = registry.find(&group("g")).await.unwrap_err();
    assert!(error.to_string().contains("too late"), "{error}");
    registry.find(&group("g")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_the_store_said_before_the_process_was_suspended_is_not_told_when_it_wakes() {
    let mut world = World::new();
    let (nodes, registry, late) = fleet(&mut world).await;
    assert_eq!(leader(&nodes), 0);
    registry.find(&group("g")).await.unwrap();
    world.network.cut(&registry.me().rpc, &nodes[0].rpc());
    until("its session is over", || !registry.status().fresh).await;
    let gate = Gate::new();
    world
        .store
        .fault(Call::Verify, Fault::HeldAnswer(gate.clone()));
    let wakes = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        late.clock.leap(seconds(2));
        gate.release();
    };
    let g = group("g");
    let (answer, ()) = tokio::join!(registry.get(&g), wakes);
    let error = answer.unwrap_err();
    assert!(error.to_string().contains("too late"), "{error}");
    // Nor is it remembered.
    registry.get(&group("g")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_older_than_what_was_heard_is_asked_for_again() {
    let mut world = World::new();
    let (_nodes, registry, late) = fleet(&mut world).await;
    late.ages.store(2, Ordering::SeqCst);
    let found = registry.find(&group("g")).await.unwrap();
    assert!(found.as_of > Stamp::ZERO);
    late.ages.store(100, Ordering::SeqCst);
    let error = registry.find(&group("h")).await.unwrap_err();
    assert!(error.to_string().contains("older"), "{error}");
    assert_eq!(
        late.ages.load(Ordering::SeqCst),
        97,
        "it is not asked for ever"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_heartbeat_that_takes_longer_than_the_next_is_off_still_counts() {
    let mut world = World::new();
    let (_nodes, registry, late) = fleet(&mut world).await;
    let timing = Config::default().timing;
    let takes = timing.heartbeat_every + Duration::from_millis(100);
    let millis = u64::try_from(takes.as_millis()).unwrap();
    late.heartbeat.store(millis, Ordering::SeqCst);
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(registry.status().fresh, "it has lost its session");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_store_said_is_not_taken_back_by_a_leader_that_has_not_heard_of_its_own_commit() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let leader = &nodes[leader(&nodes)];
    let others: Vec<&Node> = nodes
        .iter()
        .filter(|it| it.addr() != leader.addr())
        .collect();
    let asked = others[0];
    let g = group("g");
    leader.find("g").await.unwrap();
    let own = leader.addr();
    let given = Directory::reassign(&leader.registry, &g, Some(&own));
    given.await.unwrap();
    until("it has heard of that", || {
        let known = asked.registry.known("g");
        known.is_some_and(|known| known.decision.coordinator == own)
    })
    .await;
    world.network.cut(&asked.rpc(), &leader.rpc());
    until("its session is over", || !asked.status().fresh).await;
    // The commit is made, and the leader does not hear of it.
    let gate = Gate::new();
    world
        .store
        .fault(Call::Commit, Fault::HeldAnswer(gate.clone()));
    let moving = async {
        let moved = LeaderService::reassign(&leader.registry, g.clone(), Some(others[1].addr()));
        moved.await.unwrap();
    };
    let watching = async {
        let moved = |found: &Found| found.decision.coordinator == others[1].addr();
        while !asked
            .registry
            .get(&g)
            .await
            .is_ok_and(|found| moved(&found))
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.network.heal();
        until("it has a session", || asked.status().fresh).await;
        let answer = asked.registry.get(&g).await;
        assert!(answer.as_ref().is_ok_and(moved), "{answer:?}");
        gate.release();
    };
    tokio::join!(moving, watching);
    until("it answers at once", || {
        let known = asked.registry.known("g");
        known.is_some_and(|known| known.decision.coordinator == others[1].addr())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn that_there_was_no_coordinator_a_moment_ago_is_not_said_again() {
    let mut world = World::new();
    let (nodes, registry, _late) = fleet(&mut world).await;
    nodes[0].find("another").await.unwrap();
    let g = group("g");
    let none = registry.get(&g).await;
    assert!(matches!(none, Err(PeerError::NotFound { .. })), "{none:?}");
    // It hears of the decision with its next heartbeat only.
    let found = nodes[0].find("g").await.unwrap();
    assert_eq!(registry.known("g"), None);
    let answer = registry.get(&g).await.unwrap();
    assert_eq!(answer.decision, found.decision);
}
