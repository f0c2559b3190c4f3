use std::process::Stdio;

use tokio::task::JoinSet;

use crate::fake_gateway::FakeGateway;
use crate::program::{command, run};

#[tokio::test]
async fn answers_are_given_also_when_others_are_missing() {
    let mut tasks = JoinSet::new();
    let server = FakeGateway::start(&mut tasks);
    let line = format!("find a missing-1 b refused missing-2 --wait 1 --server {server}");
    let ended = run(&line).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let lines: Vec<Vec<_>> = ended
        .stdout
        .lines()
        .map(|line| line.split_whitespace().take(2).collect())
        .collect();
    assert_eq!(
        lines,
        [
            ["GROUP", "COORDINATOR"],
            ["a", "gw-1:9092"],
            ["b", "gw-1:9092"]
        ]
    );
    let expected = "error: no coordinator for 3 of 5 groups\n  \
                    not known now: nobody leads: missing-1 missing-2\n  \
                    refused: it is not to be: refused\n";
    assert_eq!(ended.stderr, expected);

    let json = run(&format!("{line} --output json")).await;
    assert_eq!(json.code, Some(1), "{json:?}");
    let answers = json.json();
    let answers = answers.as_array().expect("an array").iter();
    let coordinators: Vec<_> = answers
        .map(|answer| answer["coordinator"].as_str())
        .collect();
    let at = Some("gw-1:9092");
    assert_eq!(coordinators, [at, None, at, None, None]);
}

#[tokio::test]
async fn a_process_says_what_it_owns() {
    let mut tasks = JoinSet::new();
    let server = FakeGateway::start(&mut tasks);
    let ended = run(&format!("owns a --output json --server {server}")).await;
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    let answer = &ended.json()[0];
    assert_eq!(
        (&answer["epoch"], &answer["revision"], &answer["left_ms"]),
        (&3.into(), &9.into(), &1_900.into())
    );
    let ended = run(&format!("owns a missing --server {server}")).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let owned: Vec<_> = ended
        .stdout
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(owned, ["yes", "no"]);
}

#[tokio::test]
async fn what_is_not_available_is_asked_for_again() {
    let mut tasks = JoinSet::new();
    let server = FakeGateway::start(&mut tasks);
    let ended = run(&format!("find late --output json --server {server}")).await;
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    assert_eq!(ended.json()[0]["coordinator"], "gw-1:9092");
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_named() {
    for question in ["find a", "owns a", "gateways", "status", "drain gw-1:9092"] {
        // Nobody is at port 1.
        let ended = run(&format!("{question} --server 127.0.0.1:1")).await;
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(1), ""),
            "{ended:?}"
        );
        for part in [
            "error: no gateway answers at 127.0.0.1:1",
            "--server HOST:RPCPORT",
        ] {
            assert!(ended.stderr.contains(part), "{ended:?}");
        }
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
}

#[tokio::test]
async fn a_reader_that_went_away_is_no_error() {
    let mut tasks = JoinSet::new();
    let server = FakeGateway::start(&mut tasks);
    for question in [
        "find a",
        "gateways --output json",
        "status",
        "drain gw-1:9092",
        "--help",
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let line = match question {
            "--help" => question.to_owned(),
            _ => format!("{question} --server {server}"),
        };
        let mut command = command(&line);
        let child = command
            .stdout(Stdio::from(writer))
            .stderr(Stdio::piped())
            .spawn();
        let ended = child
            .expect("it starts")
            .wait_with_output()
            .await
            .expect("it ends");
        assert_eq!(ended.status.code(), Some(0), "{line}: {ended:?}");
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert!(
            !stderr.contains("error") && !stderr.contains("panicked"),
            "{line}: {stderr}"
        );
    }
}

#[tokio::test]
async fn an_error_that_nobody_reads_is_no_panic() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = command("status --server 127.0.0.1:1");
    let child = command
        .stderr(Stdio::from(writer))
        .stdout(Stdio::null())
        .spawn();
    let ended = child
        .expect("it starts")
        .wait_with_output()
        .await
        .expect("it ends");
    assert_eq!(ended.status.code(), Some(1), "a panic would be 101");
}
