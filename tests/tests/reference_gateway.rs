//! Moving over from SeaweedFS's own Kafka gateway, and back.

#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeMap;

use groupkeeper_tests::{Client, GoGateways, Serve, WeedCluster, ask, eventually, names};

#[tokio::test(flavor = "multi_thread")]
async fn groups_given_out_by_the_reference_keep_their_coordinator() {
    let cluster = WeedCluster::start(2).await;
    let mut reference = GoGateways::start(&cluster).await;
    let theirs = reference.start_gateway(&cluster).await;
    let groups = names(50);
    let given = leads_and_gives_out(&theirs, &groups).await;
    let backend = format!("--backend=seaweedfs:{}", cluster.master());

    // While it holds the lock, ours do not lead, answer for known groups, and know no new ones.
    let ours: Vec<Serve> = (0..2).map(|_| Serve::start(&[&backend])).collect();
    for gateway in &ours {
        let answers = ask(Client::KafkaPython, gateway.kafka(), &groups, 10).await;
        assert_eq!(answers, given);
        let new = ask(Client::KafkaPython, gateway.kafka(), &["new".to_owned()], 3).await;
        assert_eq!(
            new,
            BTreeMap::new(),
            "15 for a group that nobody may assign"
        );
        let status = gateway.status().await.expect("it answers");
        assert!(status["leader"].is_null(), "{status}");
        assert_eq!(status["lock_owner"], theirs.as_str(), "{status}");
    }

    // It stops, and ours starts where it was.
    reference.terminate(&theirs);
    let heir = eventually("its address is free", async || {
        std::net::TcpListener::bind(theirs.as_str())
            .ok()
            .map(drop)?;
        Some(Serve::start_at(theirs.as_str(), &[&backend]))
    })
    .await;
    heir.knows(3).await;
    for gateway in ours.iter().chain([&heir]) {
        assert_eq!(
            ask(Client::KafkaPython, gateway.kafka(), &groups, 10).await,
            given
        );
        let new = ask(
            Client::KafkaPython,
            gateway.kafka(),
            &["new".to_owned()],
            10,
        )
        .await;
        assert_eq!(new.len(), 1, "one of ours leads now");
    }
    // Nor do they move later, when every lease that was inherited is over.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert_eq!(
        ask(Client::KafkaPython, ours[0].kafka(), &groups, 10).await,
        given
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_keeps_to_what_ours_gave_out() {
    let cluster = WeedCluster::start(2).await;
    let backend = format!("--backend=seaweedfs:{}", cluster.master());
    let mut reference = GoGateways::start(&cluster).await;
    // An address on which a gateway of the reference can be, since it advertises one port only.
    let address = reference.free_address();
    let groups = names(20);
    let mut ours = Serve::start_at(address.as_str(), &[&backend]);
    ours.knows(1).await;
    let given = ask(Client::KafkaPython, ours.kafka(), &groups, 10).await;
    assert_eq!(given.len(), groups.len());
    assert!(given.values().all(|at| at == address.as_str()));
    assert_eq!(ours.stop().await, 0, "{}", ours.words());

    let files = cluster.assignment_files().await;
    assert_eq!(files.len(), groups.len());
    let theirs = reference.start_gateway_at(&cluster, address).await;
    assert_eq!(leads_and_gives_out(&theirs, &groups).await, given);
    // It read them, and did not write them anew.
    assert_eq!(cluster.assignment_files().await, files);
}

/// Asks a gateway of the reference until it leads and names a coordinator for each group.
async fn leads_and_gives_out(
    gateway: &groupkeeper_types::GatewayAddr,
    groups: &[String],
) -> BTreeMap<String, String> {
    eventually("the reference gives groups out", async || {
        let answers = ask(Client::KafkaPython, gateway.as_str(), groups, 0).await;
        (answers.len() == groups.len()).then_some(answers)
    })
    .await
}
