//! What a gateway says of itself that the fleet goes on without.

use groupkeeper_registry::peer::Standing;

use crate::fleet::{World, leader, until};

#[tokio::test(start_paused = true)]
async fn a_gateway_that_hears_no_leader_has_no_standing() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let leads = leader(&nodes);
    let cut = (leads + 1) % 3;
    assert_eq!(nodes[cut].status().standing, Some(Standing::Member));
    world.network.cut(&nodes[cut].rpc(), &nodes[leads].rpc());
    until("its session is over", || !nodes[cut].status().fresh).await;
    let status = nodes[cut].status();
    assert_eq!(status.standing, None, "{status:?}");
    assert!(status.leader.is_some(), "it knows whom to ask: {status:?}");
    world.network.heal();
    until("it is back", || {
        nodes[cut].status().standing == Some(Standing::Member)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_the_leader_refuses_has_no_standing_and_says_why() {
    let mut world = World::new();
    let nodes = world.start_fleet(3).await;
    let old = &nodes[(leader(&nodes) + 1) % 3];
    let new = world.start_at(&old.addr());
    until("the newer process is a member", || {
        new.status().standing == Some(Standing::Member)
    })
    .await;
    let status = old.status();
    assert_eq!(status.standing, None, "{status:?}");
    let problem = status.problem.expect("a reason");
    assert!(
        problem.contains("does not let this gateway in"),
        "{problem}"
    );
}
