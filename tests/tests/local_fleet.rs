//! `fleet` on the backend that needs nothing: what was assigned survives `kill -9`.

#![allow(missing_docs, reason = "tests")]

use groupkeeper_tests::{Client, Serve, ask, free_fleet, names};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_fleet_finds_every_assignment_again() {
    let data = tempfile::tempdir().unwrap();
    let backend = format!("--backend=embedded:{}", data.path().join("data").display());
    let addresses = free_fleet(3);
    let mut fleet = Serve::fleet_at(&addresses[0], &["--gateways=3", &backend]);
    fleet.knows(3).await;
    let groups = names(300);
    let before = ask(Client::KafkaPython, &addresses[0], &groups, 10).await;
    assert_eq!(before.len(), 300);

    fleet.kill().await;
    fleet.start_again();
    fleet.knows(3).await;
    for address in &addresses {
        assert_eq!(ask(Client::KafkaPython, address, &groups, 10).await, before);
        assert_eq!(ask(Client::Librdkafka, address, &groups, 10).await, before);
    }

    // A second process is told that the data is in use, and where.
    let mut second = Serve::fleet_at(&free_fleet(1)[0], &["--gateways=1", &backend]);
    assert_ne!(second.end().await, 0);
    let words = second.words();
    assert!(
        words.contains("data") && words.contains("in use by process"),
        "{words}"
    );
}
