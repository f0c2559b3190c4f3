//! What anybody can ask for has an end (G7).

use crate::fleet::{World, seconds};

#[tokio::test(start_paused = true)]
async fn questions_that_nobody_waits_for_any_longer_are_forgotten() {
    let mut world = World::new();
    let nodes = world.start_fleet(1).await;
    world.store.outage();
    for round in 0..5 {
        let asked: Vec<_> = (0..500).map(|i| format!("junk-{round}-{i}")).collect();
        let asked = asked.iter().map(|name| nodes[0].find(name));
        let answers = futures_util::future::join_all(asked).await;
        assert!(answers.iter().all(Result::is_err));
        tokio::time::sleep(seconds(2)).await;
    }
    world.store.heal();
    tokio::time::sleep(seconds(20)).await;
    let assigned = nodes[0].status().assignments.unwrap();
    assert!(assigned <= 500, "{assigned} groups, and nobody wants them");
}
