use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fake_gateway::FakeGateway;
use crate::ports;
use crate::program::{Ended, Running, run};

const GROUPS: usize = 60;

/// Who coordinates each of 60 groups.
async fn coordinators(rpc: u16) -> BTreeMap<String, String> {
    let groups: Vec<_> = (0..GROUPS).map(|n| format!("group-{n}")).collect();
    let line = format!("find {} --output json --wait 30", groups.join(" "));
    let answers = ask(&line, rpc).await.json();
    let text = |answer: &Value, name| answer[name].as_str().expect("a text").to_owned();
    let answers = answers.as_array().expect("an array").iter();
    answers
        .map(|answer| (text(answer, "group"), text(answer, "coordinator")))
        .collect()
}

async fn ask(line: &str, rpc: u16) -> Ended {
    let ended = run(&format!("{line} --server 127.0.0.1:{rpc}")).await;
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{line}: {ended:?}"
    );
    ended
}

/// The one line of an error.
async fn refusal(line: &str) -> String {
    let ended = run(line).await;
    assert_eq!(
        (
            ended.code,
            ended.stdout.as_str(),
            ended.stderr.lines().count()
        ),
        (Some(1), "", 1),
        "{line}: {ended:?}"
    );
    ended.stderr
}

/// The addresses of those that `gateways` shows as draining.
async fn draining(rpc: u16) -> Vec<String> {
    let listed = ask("gateways --output json", rpc).await.json();
    let listed = listed.as_array().expect("an array").iter();
    listed
        .filter(|gateway| gateway["draining"] == true)
        .map(|gateway| gateway["address"].as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test]
async fn a_drained_gateway_lives_on_without_groups() {
    let first = ports::free(3);
    let _running = Running::ready(&format!(
        "fleet --listen 127.0.0.1:{first} --backend memory:"
    ))
    .await;
    let rpc = first + 10_000;
    let before = coordinators(rpc).await;
    assert_eq!(before.len(), GROUPS);

    // A follower, asked at itself; then the leader, asked at the follower.
    let leads = |listed: &Value| {
        let listed = listed.as_array().expect("an array").iter();
        let leader = listed.filter(|gateway| gateway["leader"] == true);
        let mut leader =
            leader.map(|gateway| gateway["address"].as_str().expect("a text").to_owned());
        leader.next().expect("a leader")
    };
    let leader = leads(&ask("gateways --output json", rpc).await.json());
    let follower = (first..first + 3)
        .find(|port| format!("127.0.0.1:{port}") != leader)
        .expect("two follow");
    let addr = format!("127.0.0.1:{follower}");
    assert!(before.values().any(|at| *at == addr), "{addr}: {before:?}");

    let drained = ask(&format!("drain {addr} --output json"), follower + 10_000).await;
    assert_eq!(drained.json(), json!({"gateway": addr, "drained": true}));
    let after = coordinators(rpc).await;
    assert!(after.values().all(|at| *at != addr), "{addr}: {after:?}");
    for (group, at) in &before {
        assert!(
            *at == addr || after[group] == *at,
            "{group} moved from {at}"
        );
    }
    assert_eq!(draining(rpc).await, std::slice::from_ref(&addr));
    // Nothing new goes there either, and to ask again is no mistake.
    ask(&format!("drain {addr}"), rpc).await;

    let drained = ask(&format!("drain {leader}"), follower + 10_000).await;
    let lines: Vec<Vec<_>> = drained
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines, [["GATEWAY", "STATE"], [leader.as_str(), "drained"]]);
    let last = coordinators(rpc).await;
    let left: Vec<_> = last
        .values()
        .filter(|at| **at == addr || **at == leader)
        .collect();
    assert!(left.is_empty(), "{left:?}");

    let third = last.values().next().expect("60 groups");
    let line = format!("drain {third} --server 127.0.0.1:{rpc}");
    let error = refusal(&line).await;
    assert!(
        error.contains(&format!("{third} is not drained: refused:")),
        "{error}"
    );
    assert_eq!(coordinators(rpc).await, last);
}

#[tokio::test]
async fn what_can_t_be_drained_is_said() {
    let port = ports::free(1);
    let _running = Running::ready(&format!(
        "serve --listen 127.0.0.1:{port} --backend memory:"
    ))
    .await;
    let server = format!("--server 127.0.0.1:{}", port + 10_000);

    let unknown = refusal(&format!("drain nobody:9092 {server}")).await;
    let expected = "error: nobody:9092 is not drained: there is no gateway nobody:9092";
    assert!(unknown.starts_with(expected), "{unknown}");

    let alone = refusal(&format!("drain 127.0.0.1:{port} {server}")).await;
    assert!(
        alone.contains("refused: there is no gateway that could take"),
        "{alone}"
    );
    assert_eq!(draining(port + 10_000).await, [""; 0]);
}

#[tokio::test]
async fn what_takes_long_is_asked_again_and_not_for_ever() {
    let mut tasks = JoinSet::new();
    let server = FakeGateway::start(&mut tasks);
    let ended = run(&format!("drain late:1 --server {server}")).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let error = refusal(&format!("drain slow:1 --wait 1 --server {server}")).await;
    for part in ["slow:1 is not drained: not within 1s;", "it has 7 groups"] {
        assert!(error.contains(part), "{error}");
    }
}
