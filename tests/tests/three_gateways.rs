//! Three gateways, one real SeaweedFS with two filers, real Kafka clients: one answer.

#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use groupkeeper_tests::{Client, Serve, WeedCluster, ask, eventually, names};

type Answers = BTreeMap<String, String>;

/// Three gateways that know each other.
async fn three(cluster: &WeedCluster) -> Vec<Serve> {
    let backend = format!("--backend=seaweedfs:{}", cluster.master());
    let gateways: Vec<Serve> = (0..3).map(|_| Serve::start(&[&backend])).collect();
    for gateway in &gateways {
        gateway.knows(3).await;
    }
    gateways
}

/// What a gateway answers for every one of these groups.
async fn all(client: Client, gateway: &Serve, groups: &[String]) -> Answers {
    let answers = ask(client, gateway.kafka(), groups, 10).await;
    assert_eq!(
        answers.len(),
        groups.len(),
        "{} answers for all",
        gateway.kafka()
    );
    answers
}

/// The place of the leader, on which all agree.
async fn leader(gateways: &[Serve]) -> usize {
    eventually("all name one leader", async || {
        let mut leaders = Vec::new();
        for gateway in gateways {
            leaders.push(gateway.leader().await?);
        }
        let one = leaders.windows(2).all(|pair| pair[0] == pair[1]);
        one.then(|| {
            gateways
                .iter()
                .position(|gateway| gateway.kafka() == leaders[0].0)
        })
        .flatten()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn real_clients_get_one_answer_for_300_groups_of_300() {
    let cluster = WeedCluster::start(2).await;
    let gateways = three(&cluster).await;
    let groups = names(300);
    let first = all(Client::KafkaPython, &gateways[0], &groups).await;
    for gateway in &gateways {
        assert_eq!(all(Client::KafkaPython, gateway, &groups).await, first);
        assert_eq!(all(Client::Librdkafka, gateway, &groups).await, first);
    }
    for gateway in &gateways {
        let share = first
            .values()
            .filter(|coordinator| *coordinator == gateway.kafka())
            .count();
        assert!(
            (60..=150).contains(&share),
            "{} has {share} of 300",
            gateway.kafka()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_leader_is_killed_only_its_groups_move() {
    let cluster = WeedCluster::start(2).await;
    let mut gateways = three(&cluster).await;
    let groups = names(300);
    let before = all(Client::KafkaPython, &gateways[0], &groups).await;
    let led = leader(&gateways).await;
    let epoch = gateways[led].leader().await.expect("it leads").1;
    let mut dead = gateways.remove(led);
    dead.kill().await;

    eventually("another leads", async || {
        let (address, newer) = gateways[0].leader().await?;
        (address != dead.kafka() && newer > epoch).then_some(())
    })
    .await;
    // Groups of the living do not move, at once or later; those of the dead move, all of them.
    let living = |answers: &Answers| {
        let lives = |(group, _): &(&String, &String)| before[*group] != dead.kafka();
        let kept = answers.iter().filter(lives);
        kept.map(|(group, at)| (group.clone(), at.clone()))
            .collect::<Answers>()
    };
    for gateway in &gateways {
        assert_eq!(
            living(&all(Client::KafkaPython, gateway, &groups).await),
            living(&before)
        );
    }
    for gateway in &gateways {
        gateway.knows(2).await;
    }
    let after = eventually("no group is at the dead one", async || {
        let after = all(Client::KafkaPython, &gateways[0], &groups).await;
        after.values().all(|at| at != dead.kafka()).then_some(after)
    })
    .await;
    assert_eq!(living(&after), living(&before));
    assert_eq!(all(Client::KafkaPython, &gateways[1], &groups).await, after);

    // It comes back to a fleet that goes on without giving anything back.
    dead.start_again();
    dead.knows(3).await;
    assert_eq!(all(Client::KafkaPython, &dead, &groups).await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_death_of_the_filer_that_decides_changes_no_assignment() {
    let cluster = WeedCluster::start(2).await;
    let gateways = three(&cluster).await;
    let groups = names(100);
    let before = all(Client::KafkaPython, &gateways[0], &groups).await;
    for gateway in &gateways {
        all(Client::KafkaPython, gateway, &groups).await;
    }
    cluster.kill_filer(cluster.decider("kafka-gateway-leader").await);
    // Look-ups go on, each of them answered at once, while no filer can decide anything.
    let asked = AtomicUsize::new(0);
    let new = ["new-one".to_owned()];
    let found = eventually("a new group gets a coordinator", async || {
        for gateway in &gateways {
            let answers = ask(Client::KafkaPython, gateway.kafka(), &groups, 0).await;
            assert_eq!(answers, before, "{}", gateway.kafka());
            asked.fetch_add(1, Ordering::SeqCst);
        }
        ask(Client::KafkaPython, gateways[0].kafka(), &new, 0)
            .await
            .remove("new-one")
    })
    .await;
    assert!(asked.into_inner() >= 3);
    for gateway in &gateways {
        assert_eq!(
            all(Client::KafkaPython, gateway, &new).await["new-one"],
            found
        );
        assert_eq!(all(Client::KafkaPython, gateway, &groups).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_to_stop_hands_its_groups_over_and_leaves() {
    let cluster = WeedCluster::start(2).await;
    let mut gateways = three(&cluster).await;
    let groups = names(100);
    let before = all(Client::KafkaPython, &gateways[0], &groups).await;
    let mut stopped = gateways.remove(leader(&gateways).await);
    assert_eq!(stopped.stop().await, 0, "{}", stopped.words());
    for gateway in &gateways {
        gateway.knows(2).await;
        let after = all(Client::KafkaPython, gateway, &groups).await;
        for (group, at) in &after {
            assert_ne!(at, stopped.kafka());
            assert!(
                *at == before[group] || before[group] == stopped.kafka(),
                "{group} moved"
            );
        }
    }
}
