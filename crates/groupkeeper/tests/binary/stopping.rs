use std::process::Stdio;

use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use crate::kafka::{connect, find_coordinator, wait_for_coordinator};
use crate::ports;
use crate::program::{PATIENCE, Running, after, command, run};

fn serve(port: u16) -> String {
    format!("serve --listen 127.0.0.1:{port} --backend memory:")
}

#[tokio::test]
async fn sigterm_stops_a_fleet_and_its_groups_stay_where_they_are() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ports::free(3);
    let line = format!(
        "fleet --listen 127.0.0.1:{first} --backend embedded:{}",
        dir.path().display()
    );
    let ask = format!(
        "find a b c d e f --output json --server 127.0.0.1:{}",
        first + 10_001
    );

    let running = Running::ready(&line).await;
    let before = run(&ask).await;
    assert_eq!(before.code, Some(0), "{before:?}");
    running.send(Signal::TERM);
    let (ended, log) = running.end().await;
    assert_eq!(ended.code(), Some(0), "{log:#?}");
    assert!(
        log.iter().any(|line| line.contains("SIGTERM: stopping")),
        "{log:#?}"
    );
    assert!(
        log.last().is_some_and(|line| line.ends_with("stopped")),
        "{log:#?}"
    );

    let _running = Running::ready(&line).await;
    assert_eq!(run(&ask).await.json(), before.json());
}

#[tokio::test]
async fn a_fleet_that_was_stopped_gives_out_new_groups_as_soon_as_it_is_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ports::free(3);
    let line = format!(
        "fleet --listen 127.0.0.1:{first} --backend embedded:{}",
        dir.path().display()
    );
    let running = Running::ready(&line).await;
    running.send(Signal::TERM);
    let (ended, log) = running.end().await;
    assert_eq!(ended.code(), Some(0), "{log:#?}");
    let left = |line: &&String| line.contains("leaves, and keeps its groups");
    assert_eq!(log.iter().filter(left).count(), 3, "{log:#?}");
    let crashed = |line: &String| line.contains("without a farewell");
    assert!(!log.iter().any(crashed), "{log:#?}");

    // Nobody stands for a process of before, whose lease would have to be waited for.
    let _running = Running::ready(&line).await;
    for port in first..first + 3 {
        let server = format!("--server 127.0.0.1:{}", port + 10_000);
        let found = run(&format!("find new-{port} {server}")).await;
        assert_eq!(found.code, Some(0), "{found:?}");
    }
}

#[tokio::test]
async fn ctrl_c_stops_a_gateway_and_frees_its_ports() {
    let port = ports::free(1);
    for _ in 0..2 {
        let running = Running::ready(&serve(port)).await;
        running.send(Signal::INT);
        let (ended, log) = running.end().await;
        assert_eq!(ended.code(), Some(0), "{log:#?}");
        let said = log
            .iter()
            .any(|line| line.contains("press Ctrl-C again to exit at once"));
        assert!(said, "{log:#?}");
    }
}

#[tokio::test]
async fn a_second_signal_exits_at_once() {
    // A client that waits for its answer keeps it from stopping at once.
    let port = ports::free(1);
    let store_away = "--backend seaweedfs:127.0.0.1:1";
    let mut running = Running::start(&format!("serve --listen 127.0.0.1:{port} {store_away}"));
    let _client = wait_for_coordinator(port).await;
    // A signal before that is not waited for.
    running.wait_for("assignments are kept on").await;

    // Both signals are there when it goes on.
    running.send(Signal::STOP);
    running.send(Signal::TERM);
    running.send(Signal::INT);
    running.send(Signal::CONT);
    let (ended, log) = running.end().await;
    let code = ended.code().expect("it exited by itself");
    assert!([130, 143].contains(&code), "{code}: {log:#?}");
    let last = log
        .last()
        .is_some_and(|line| line.contains("exiting at once"));
    assert!(last, "{log:#?}");
}

#[tokio::test]
async fn it_serves_and_stops_also_when_nobody_reads_its_log() {
    let port = ports::free(1);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut child = command(&serve(port))
        .stderr(Stdio::from(writer))
        .spawn()
        .expect("it starts");
    let connected = timeout(PATIENCE, connect(port)).await;
    connected
        .expect("its port opens")
        .expect("it takes a client");
    let id = i32::try_from(child.id().expect("it runs")).expect("a process number");
    let pid = rustix::process::Pid::from_raw(id).expect("not zero");
    rustix::process::kill_process(pid, Signal::TERM).expect("it runs");
    let ended = timeout(PATIENCE, child.wait())
        .await
        .expect("it ends")
        .expect("it is ours");
    assert_eq!(ended.code(), Some(0));
}

#[tokio::test]
async fn sighup_hands_over_as_sigterm_does() {
    // Where these tests were started with SIGHUP ignored, by `nohup` for instance, the program would
    // inherit that. A handler is not inherited: the program gets the default.
    let _handler = signal(SignalKind::hangup()).expect("a handler");
    let port = ports::free(1);
    let running = Running::ready(&serve(port)).await;
    running.send(Signal::HUP);
    let (ended, log) = running.end().await;
    assert_eq!(ended.code(), Some(0), "{log:#?}");
    let said = log
        .iter()
        .any(|line| line.contains("SIGHUP, taken as SIGTERM: stopping"));
    assert!(said, "{log:#?}");
    assert!(log.iter().any(|line| line.contains("resigns")), "{log:#?}");
}

/// As `nohup` starts it.
#[tokio::test]
async fn sighup_is_ignored_where_it_was_from_the_start() {
    let port = ports::free(1);
    let mut running = Running::of(after("trap '' HUP", &serve(port)));
    running.wait_for(" is a member of the fleet").await;
    running.send(Signal::HUP);
    let found = find_coordinator(port, "group").await;
    assert_eq!(found.0, 0);
    running.send(Signal::TERM);
    let (ended, log) = running.end().await;
    assert_eq!(ended.code(), Some(0), "{log:#?}");
    let said = log.iter().any(|line| line.contains("SIGHUP"));
    assert!(!said, "{log:#?}");
}
