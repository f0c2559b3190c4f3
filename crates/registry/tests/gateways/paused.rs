//! Machines that were paused without their boot clock counting it, and clocks that were set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use groupkeeper_registry::peer::{Directory, LeaderService};
use groupkeeper_registry::{Parts, PauseClock, Registry};
use groupkeeper_types::{Clock, GatewayAddr, WallTime};

use crate::fleet::{World, addr, group, names, seconds, until};

/// A gateway whose wall clock a test sets.
struct Gateway {
    registry: Registry,
    /// By how many milliseconds its wall clock is ahead of the time since the start.
    wall: Arc<AtomicI64>,
    /// What other gateways call.
    _service: Arc<dyn LeaderService>,
}

impl Gateway {
    fn start(world: &World, n: u16) -> Self {
        let wall = Arc::new(AtomicI64::new(1_795_000_000_000));
        let (boot, set) = (world.clock.clone(), Arc::clone(&wall));
        let read = move || {
            let boot = i64::try_from(boot.now().as_micros() / 1_000).unwrap();
            WallTime::from_millis(boot + set.load(Ordering::SeqCst))
        };
        let parts = Parts {
            clock: Arc::new(PauseClock::new(Arc::new(world.clock.clone()), read)),
            ..world.parts(&addr(n))
        };
        let me = World::record(&addr(n), u64::from(n));
        let registry = Registry::start(me.clone(), world.config.clone(), parts).unwrap();
        let service: Arc<dyn LeaderService> = Arc::new(registry.clone());
        world.network.plug_in(me.rpc, &service);
        Self {
            registry,
            wall,
            _service: service,
        }
    }

    fn step(&self, millis: i64) {
        self.wall.fetch_add(millis, Ordering::SeqCst);
    }

    fn owned(&self, names: &[String]) -> Vec<String> {
        let owns = |name: &&String| self.registry.owns(&group(name)).is_ok();
        names.iter().filter(owns).cloned().collect()
    }
}

/// Three gateways on machines that have run for an hour, and who owns each of these groups.
async fn fleet(names: &[String]) -> (World, Vec<Gateway>, Vec<GatewayAddr>) {
    let world = World::new();
    world.clock.jump(seconds(3_600));
    let gateways: Vec<Gateway> = (1..=3).map(|n| Gateway::start(&world, n)).collect();
    for gateway in &gateways {
        assert!(gateway.registry.wait_until_member(seconds(5)).await);
    }
    until("everybody knows everybody", || {
        gateways.iter().all(|it| it.registry.members().len() == 3)
    })
    .await;
    let mut owners = Vec::new();
    for name in names {
        let found = gateways[0].registry.find(&group(name)).await.unwrap();
        owners.push(found.decision.coordinator);
    }
    until("each group has an owner", || {
        all_owned(&gateways, names, &owners)
    })
    .await;
    (world, gateways, owners)
}

/// Whether each group is owned by whom it was given to, and by nobody else.
fn all_owned(gateways: &[Gateway], names: &[String], owners: &[GatewayAddr]) -> bool {
    names.iter().zip(owners).all(|(name, owner)| {
        gateways.iter().all(|gateway| {
            let owns = gateway.registry.owns(&group(name)).is_ok();
            owns == (gateway.registry.me().addr == *owner)
        })
    })
}

fn leader(gateways: &[Gateway]) -> Option<usize> {
    gateways.iter().position(|it| it.registry.is_leader())
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_was_paused_lets_go_at_once_and_has_its_lease_back_by_the_next_heartbeat() {
    let names = names(30);
    let (world, gateways, owners) = fleet(&names).await;
    let led = leader(&gateways).unwrap();
    let paused = &gateways[(led + 1) % 3];
    assert!(!paused.owned(&names).is_empty());
    let guard = paused
        .registry
        .owns(&group(&paused.owned(&names)[0]))
        .unwrap();
    paused.step(60_000);
    assert!(!guard.is_valid());
    assert_eq!(paused.owned(&names), Vec::<String>::new());
    assert!(!paused.registry.status().fresh);
    let at = world.clock.now();
    until("it has them back", || all_owned(&gateways, &names, &owners)).await;
    let took = world.clock.now().since(at);
    assert!(
        took < Duration::from_secs(1),
        "{took:?}: it was taken for gone"
    );
    assert_eq!(leader(&gateways), Some(led));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_was_paused_leads_no_longer_and_takes_nobody_for_gone() {
    let names = names(30);
    let (_world, gateways, owners) = fleet(&names).await;
    let led = leader(&gateways).unwrap();
    let epoch = gateways[led].registry.status().stamp.epoch;
    gateways[led].step(60_000);
    assert!(!gateways[led].registry.is_leader());
    assert_eq!(gateways[led].owned(&names), Vec::<String>::new());
    until("somebody leads a new epoch", || {
        leader(&gateways).is_some_and(|led| gateways[led].registry.status().stamp.epoch > epoch)
    })
    .await;
    until("nothing has moved", || {
        all_owned(&gateways, &names, &owners)
    })
    .await;
    tokio::time::sleep(seconds(10)).await;
    assert!(all_owned(&gateways, &names, &owners));
}

/// The worst that a time service can do: it is wrong, and all machines believe it at once.
#[tokio::test(start_paused = true)]
async fn a_whole_fleet_whose_clocks_are_set_ahead_moves_nothing() {
    let names = names(30);
    let (world, gateways, owners) = fleet(&names).await;
    for _ in 0..3 {
        gateways.iter().for_each(|gateway| gateway.step(60_000));
        assert!(gateways.iter().all(|it| it.owned(&names).is_empty()));
        let at = world.clock.now();
        until("all is as before", || all_owned(&gateways, &names, &owners)).await;
        let took = world.clock.now().since(at);
        let most = world.config.timing.promises.both;
        assert!(
            took < most,
            "{took:?}: longer than leader and coordinator may be away"
        );
        tokio::time::sleep(seconds(10)).await;
        assert!(all_owned(&gateways, &names, &owners));
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_time_service_does_ends_no_lease() {
    let names = names(30);
    let (_world, gateways, owners) = fleet(&names).await;
    let led = leader(&gateways).unwrap();
    // Steps ahead and back, and a minute slewed at four times what time services do.
    for step in [1_000, -1_000, 5_000, 4_900, -60_000, -86_400_000] {
        gateways.iter().for_each(|gateway| gateway.step(step));
        assert!(all_owned(&gateways, &names, &owners), "{step}");
        tokio::time::sleep(seconds(1)).await;
        assert!(all_owned(&gateways, &names, &owners), "{step}");
    }
    for _ in 0..600 {
        gateways.iter().for_each(|gateway| gateway.step(1));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(all_owned(&gateways, &names, &owners));
    }
    assert_eq!(leader(&gateways), Some(led));
}
