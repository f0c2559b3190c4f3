//! Groups that outlive their coordinator, and a whole fleet.

use groupkeeper_tests::{EtcdCluster, Serve, free_fleet};
use serde_json::{Value, json};

use super::member::{Member, commit_with_librdkafka};
use super::places;
use super::wire::{Call, code};

/// Three gateways that keep everything in a directory.
async fn fleet(data: &tempfile::TempDir) -> (Serve, Vec<String>) {
    let addresses = free_fleet(3);
    let backend = format!("--backend=embedded:{}", data.path().join("data").display());
    let fleet = Serve::fleet_at(&addresses[0], &["--gateways=3", &backend]);
    fleet.knows(3).await;
    (fleet, addresses)
}

/// What stays the same while there is no rebalance.
fn place(state: &Value) -> Value {
    json!([state["member"], state["generation"], state["assigned"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn members_hear_nothing_of_a_coordinators_end_but_its_address() {
    let data = tempfile::tempdir().unwrap();
    let (fleet, addresses) = fleet(&data).await;
    let (owner, others) = places(&addresses, "orders").await;
    let mut first = Member::start(&others[0], "orders", "first");
    first.until_assigned(&[0, 1, 2, 3]).await;
    let mut second = Member::start(&others[1], "orders", "second");
    let half = |state: &Value| {
        state["assigned"]
            .as_array()
            .is_some_and(|all| all.len() == 2)
    };
    second.until("it has half of the partitions", half).await;
    first.until("it has the other half", half).await;
    assert_eq!(first.told("commit 7").await, "{}");
    let mine = first.assigned().await[0];
    let before = [
        place(&first.ask("state").await),
        place(&second.ask("state").await),
    ];

    let drained = fleet.query("drain", &[&owner]).await;
    assert!(drained.status.success(), "{drained:?}");
    let (now, _) = places(&addresses, "orders").await;
    assert_ne!(now, owner);
    for call in Call::ALL {
        let answer = code(&owner, call, "orders").await;
        assert_eq!(answer, 16, "{call:?} where the group was");
    }
    let moved = |state: &Value| state["coordinator"] == now.as_str();
    for member in [&mut first, &mut second] {
        member.until("it has found the group again", moved).await;
        assert_eq!(member.told("commit 8").await, "{}");
    }
    // Longer than a heartbeat, and than a rebalance would take to be heard of.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let after = [
        place(&first.ask("state").await),
        place(&second.ask("state").await),
    ];
    assert_eq!(after, before, "no rebalance");
    assert_eq!(second.ask(&format!("committed {mine}")).await["offset"], 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_goes_on_where_it_was_after_its_whole_fleet_was_killed() {
    let data = tempfile::tempdir().unwrap();
    let (mut fleet, addresses) = fleet(&data).await;
    let mut member = Member::start(&addresses[0], "orders", "member");
    let before = member.until_assigned(&[0, 1, 2, 3]).await;
    assert_eq!(member.told("commit 7").await, "{}");
    assert_eq!(
        commit_with_librdkafka(&addresses[1], "simple", 42).await,
        42
    );

    fleet.kill().await;
    fleet.start_again();
    fleet.knows(3).await;
    // Nothing is asked of it before it has found its coordinator: it would wait for that itself.
    let found = |state: &Value| state["coordinator"].is_string();
    let state = member.until("it has found the group again", found).await;
    assert_eq!(place(&state), place(&before), "no rebalance");
    assert_eq!(member.ask("committed 2").await["offset"], 7);
    assert_eq!(member.told("commit 8").await, "{}");
    assert_eq!(member.ask("committed 2").await["offset"], 8);
    assert_eq!(place(&member.ask("state").await), place(&before));
    drop(member);
    // Another process of the application begins where that one was.
    let mut next = Member::start(&addresses[2], "orders", "next");
    next.until("it is alone", |state| {
        state["assigned"] == json!([0, 1, 2, 3])
    })
    .await;
    assert_eq!(next.ask("committed 2").await["offset"], 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_killed_gateway_keep_their_places_at_the_next_one() {
    let etcd = EtcdCluster::start(1).await;
    let backend = format!("--backend={}", etcd.backend());
    let addresses = free_fleet(3);
    let start = |address: &String| Serve::start_at(address, &[&backend]);
    let gateways: Vec<Serve> = addresses.iter().map(start).collect();
    for gateway in &gateways {
        gateway.knows(3).await;
    }
    let (owner, others) = places(&addresses, "orders").await;
    let mut member = Member::start(&others[0], "orders", "member");
    let before = member.until_assigned(&[0, 1, 2, 3]).await;
    assert_eq!(before["coordinator"], owner.as_str());
    assert_eq!(member.told("commit 7").await, "{}");

    let killed = gateways.iter().find(|gateway| gateway.kafka() == owner);
    killed.expect("a gateway owns it").kill_now();
    let moved = |state: &Value| {
        let now = state["coordinator"].as_str();
        now.is_some_and(|now| others.iter().any(|other| other == now))
    };
    let after = member.until("it has found the group again", moved).await;
    assert_eq!(place(&after), place(&before), "no rebalance");
    assert_eq!(member.ask("committed 2").await["offset"], 7);
    assert_eq!(member.told("commit 8").await, "{}");
    assert_eq!(place(&member.ask("state").await), place(&before));
}
