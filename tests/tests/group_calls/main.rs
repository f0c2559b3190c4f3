//! Group calls on real processes and from real clients: they reach the one gateway that owns the
//! group, and no other answers.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends at the first thing it did not expect"
)]
#![allow(missing_docs, reason = "tests")]

mod failover;
mod member;
mod tools;
mod wire;

use groupkeeper_tests::{Client, Serve, WeedCluster, ask, eventually, free_fleet};

use member::{Member, commit_with_librdkafka};
use serde_json::{Value, json};
use wire::{Call, code};

/// Three gateways in one process, that answer group calls or refuse them.
async fn fleet(args: &[&str]) -> (Serve, Vec<String>) {
    let addresses = free_fleet(3);
    let all = [&["--gateways=3", "--backend=memory:"], args].concat();
    let fleet = Serve::fleet_at(&addresses[0], &all);
    fleet.knows(3).await;
    (fleet, addresses)
}

/// Where a group is, and where it is not.
async fn places(addresses: &[String], group: &str) -> (String, Vec<String>) {
    let found = ask(Client::KafkaPython, &addresses[0], &[group.to_owned()], 10).await;
    let owner = found[group].clone();
    let others = addresses.iter().filter(|addr| **addr != owner);
    (owner.clone(), others.cloned().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn members_join_rebalance_and_commit_at_the_owner_and_find_it_again() {
    let (_fleet, addresses) = fleet(&[]).await;
    let (owner, others) = places(&addresses, "orders").await;

    // Its first gateway is a wrong one.
    let mut first = Member::start(&others[0], "orders", "first");
    let state = first.until_assigned(&[0, 1, 2, 3]).await;
    assert_eq!(state["coordinator"], owner.as_str());
    assert_eq!(first.told("commit 7").await, "{}");

    let mut second = Member::start(&others[1], "orders", "second");
    let half = |state: &Value| {
        state["assigned"]
            .as_array()
            .is_some_and(|all| all.len() == 2)
    };
    second.until("it has half of the partitions", half).await;
    first.until("it has the other half", half).await;
    let mut halves = [first.assigned().await, second.assigned().await].concat();
    halves.sort_unstable();
    assert_eq!(halves, [0, 1, 2, 3]);
    let described = second.ask("describe").await;
    assert_eq!(described["state"], "Stable");
    assert_eq!(described["members"], json!(["first", "second"]));
    assert_eq!(second.ask("committed 1").await["offset"], 7);

    // What they ask a wrong gateway is refused there, and they find the owner again.
    for (place, wrong) in others.iter().enumerate() {
        assert_eq!(first.told(&format!("misdirect {wrong}")).await, "{}");
        assert_eq!(first.told(&format!("commit {}", 8 + place)).await, "{}");
        let mine = first.assigned().await[0];
        let committed = second.ask(&format!("committed {mine}")).await;
        assert_eq!(committed["offset"], 8 + place, "asked {wrong}");
        assert_eq!(first.ask("state").await["coordinator"], owner.as_str());
    }

    assert_eq!(first.told("leave").await, "{}");
    second.until_assigned(&[0, 1, 2, 3]).await;
    assert_eq!(commit_with_librdkafka(&others[0], "simple", 42).await, 42);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_implementation_every_call_is_answered_16_or_15() {
    let (_fleet, addresses) = fleet(&["--group-calls=refuse"]).await;
    let (owner, others) = places(&addresses, "orders").await;
    for call in Call::ALL {
        for other in &others {
            assert_eq!(code(other, call, "orders").await, 16, "{call:?} at another");
        }
        let here = code(&owner, call, "orders").await;
        let expected = if call == Call::OffsetFetch { 16 } else { 15 };
        assert_eq!(here, expected, "{call:?} at the coordinator");
        assert_eq!(code(&owner, call, "").await, 24, "{call:?} of no group");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_wakes_up_does_not_act_on_its_old_lease() {
    let cluster = WeedCluster::start(1).await;
    let backend = format!("--backend=seaweedfs:{}", cluster.master());
    let args = [backend.as_str(), "--group-calls=memory"];
    let gateways: Vec<Serve> = (0..3).map(|_| Serve::start(&args)).collect();
    for gateway in &gateways {
        gateway.knows(3).await;
    }
    let addresses: Vec<String> = gateways.iter().map(|it| it.kafka().to_owned()).collect();
    let (owner, others) = places(&addresses, "orders").await;
    let asleep = gateways.iter().find(|it| it.kafka() == owner).unwrap();
    let mut member = Member::start(&others[0], "orders", "member");
    let before = member.until_assigned(&[0, 1, 2, 3]).await;

    asleep.pause();
    // What is sent to it now, it finds when it wakes up.
    let late = wire::send(&owner, Call::OffsetCommit, "orders").await;
    let moved = eventually("the group is elsewhere", async || {
        let found = ask(Client::KafkaPython, &others[0], &["orders".to_owned()], 0).await;
        found.get("orders").filter(|at| **at != owner).cloned()
    });
    let moved = moved.await;
    asleep.resume();
    // Where it can't tell in time who has the group now, it says so (15); it never acts.
    let refused = |answer: i16| {
        assert!([15, 16].contains(&answer), "{answer} at the old one");
        answer == 16
    };
    refused(wire::receive(late, Call::OffsetCommit).await);
    eventually("it knows who has the group", async || {
        refused(code(&owner, Call::OffsetCommit, "orders").await).then_some(())
    })
    .await;
    for call in Call::ALL {
        let answer = code(&owner, call, "orders").await;
        assert_eq!(answer, 16, "{call:?} at the old one");
    }
    // kafka-python stays with a coordinator whose port is open and silent; now that one speaks.
    let state = member.until_joined_anew(&before).await;
    assert_eq!(state["coordinator"], moved.as_str());
    assert_eq!(member.told("commit 9").await, "{}");
}
