use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kafka::{find_coordinator, metadata};
use crate::ports;
use crate::program::{Running, run};

const GROUPS: usize = 300;

/// What `find` says of 300 groups, at the gateway with this RPC port: coordinator and decision.
async fn find_all(rpc: u16) -> BTreeMap<String, (String, u64, u64)> {
    let groups: Vec<_> = (0..GROUPS)
        .map(|number| format!("group-{number}"))
        .collect();
    let line = format!(
        "find {} --output json --server 127.0.0.1:{rpc}",
        groups.join(" ")
    );
    let ended = run(&line).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stderr, "");
    let json = ended.json();
    let found = json.as_array().expect("an array").iter().map(|found| {
        let text = |name| found[name].as_str().expect(name).to_owned();
        let number = |name| found[name].as_u64().expect(name);
        (
            text("group"),
            (text("coordinator"), number("epoch"), number("revision")),
        )
    });
    found.collect()
}

async fn status(rpc: u16) -> Value {
    let ended = run(&format!("status --output json --server 127.0.0.1:{rpc}")).await;
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    ended.json()
}

fn addrs(first: u16) -> Vec<String> {
    (first..first + 3)
        .map(|port| format!("127.0.0.1:{port}"))
        .collect()
}

#[tokio::test]
async fn three_gateways_agree_share_the_groups_and_keep_them_after_kill_9() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ports::free(3);
    let line = format!(
        "fleet --listen 127.0.0.1:{first} --backend embedded:{}",
        dir.path().join("data").display()
    );
    let rpcs = first + 10_000..first + 10_003;

    let mut running = Running::ready(&line).await;
    let before = find_all(rpcs.start).await;
    assert_eq!(before.len(), GROUPS);
    for rpc in rpcs.clone() {
        assert_eq!(find_all(rpc).await, before, "at {rpc}");
    }
    let mut shares = BTreeMap::new();
    for (coordinator, ..) in before.values() {
        *shares.entry(coordinator.clone()).or_insert(0_usize) += 1;
    }
    assert_eq!(shares.keys().cloned().collect::<Vec<_>>(), addrs(first));
    assert!(
        shares.values().all(|share| (60..=150).contains(share)),
        "{shares:?}"
    );

    running.send(rustix::process::Signal::KILL);
    let (ended, _) = running.end().await;
    assert_eq!(ended.code(), None, "a signal ended it");
    running = Running::ready(&line).await;
    for rpc in rpcs {
        // With the epoch and revision of the first process: read, and not decided again.
        assert_eq!(find_all(rpc).await, before, "at {rpc} after the restart");
    }
    drop(running);
}

#[tokio::test]
async fn every_gateway_shows_the_same_fleet_to_tools_and_to_kafka_clients() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ports::free(3);
    let line = format!(
        "fleet --listen 127.0.0.1:{first} --fleet blue --placement modulo --backend embedded:{}",
        dir.path().display()
    );
    let _running = Running::ready(&line).await;

    let mut leaders = BTreeSet::new();
    let mut answers = BTreeSet::new();
    for port in first..first + 3 {
        let status = status(port + 10_000).await;
        assert_eq!(status["gateway"], format!("127.0.0.1:{port}"));
        assert_eq!(status["standing"], "member");
        let leader = status["leader"].as_object().expect("a leader");
        let fields: Vec<_> = leader.keys().map(String::as_str).collect();
        assert_eq!(fields, ["address", "epoch"]);
        let leader = leader["address"].as_str().expect("an address").to_owned();
        assert_eq!(
            status["role"] == "leader",
            status["gateway"] == leader.as_str()
        );

        let metadata = metadata(port).await;
        assert_eq!(metadata.cluster_id, "blue");
        assert_eq!(metadata.brokers, addrs(first));
        assert_eq!(metadata.controller.as_ref(), Some(&leader));
        leaders.insert(leader);

        let (code, coordinator) = find_coordinator(port, "by-kafka").await;
        assert_eq!(code, 0);
        answers.insert(coordinator);
        let server = format!("--server 127.0.0.1:{}", port + 10_000);
        let tool = run(&format!("find by-kafka --output json {server}")).await;
        let tool = tool.json();
        answers.insert(
            tool[0]["coordinator"]
                .as_str()
                .expect("an address")
                .to_owned(),
        );

        let table = run(&format!("gateways {server}")).await;
        assert_eq!(
            (table.code, table.stdout.lines().count()),
            (Some(0), 4),
            "{table:?}"
        );
    }
    assert_eq!(
        (leaders.len(), answers.len()),
        (1, 1),
        "{leaders:?} {answers:?}"
    );
}

#[tokio::test]
async fn of_port_0_the_real_ones_are_advertised() {
    let mut running = Running::start("serve --listen 127.0.0.1:0 --backend memory:");
    let line = running.wait_for("listens on").await;
    let rpc = line
        .rsplit_once(' ')
        .expect("the address ends the line")
        .1
        .to_owned();
    running.wait_for("ready:").await;
    let status = run(&format!("status --output json --server {rpc}"))
        .await
        .json();
    assert_eq!(status["rpc"], rpc);
    let addr = status["gateway"].as_str().expect("an address");
    assert!(
        line.contains(&format!("{addr} listens on {addr},")),
        "{line}: {addr}"
    );
    assert!(!addr.ends_with(":0"), "{addr}");
}
