use std::net::TcpListener;

use crate::ports;
use crate::program::{Running, command, finish, run};

#[tokio::test]
async fn a_taken_port_is_named_with_the_flag_that_changes_it() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("it has an address");
    let cases = [
        (
            format!("serve --backend memory: --listen {taken} --rpc 127.0.0.1:0"),
            "--listen",
        ),
        (
            format!("serve --backend memory: --listen 127.0.0.1:0 --rpc {taken}"),
            "--rpc",
        ),
    ];
    for (line, flag) in cases {
        let ended = run(&line).await;
        assert_eq!(ended.code, Some(1), "{line}: {ended:?}");
        let error = ended.stderr.lines().last().expect("an error");
        assert!(
            error.starts_with("error: ") && error.contains(&taken.to_string()),
            "{error}"
        );
        assert!(
            error.contains(&format!("{flag} HOST:PORT changes it")),
            "{error}"
        );
        assert_eq!(ended.stdout, "");
    }
}

#[tokio::test]
async fn one_taken_port_of_a_fleet_opens_none_and_touches_no_store() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = ports::free(3);
    let _taken = TcpListener::bind(("127.0.0.1", first + 2)).expect("a free port");
    let data = dir.path().join("data");
    let line = format!(
        "fleet --listen 127.0.0.1:{first} --backend embedded:{}",
        data.display()
    );
    let ended = run(&line).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains(&format!("127.0.0.1:{}", first + 2)),
        "{}",
        ended.stderr
    );
    assert!(!data.exists());
}

#[tokio::test]
async fn a_second_process_on_the_same_data_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let backend = format!("embedded:{}", dir.path().display());
    let line = format!("serve --listen 127.0.0.1:0 --backend {backend}");
    let first = Running::ready(&line).await;
    let second = run(&line).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    let error = second.stderr.lines().last().expect("an error");
    let holder = format!("in use by process {}", first.pid().as_raw_nonzero());
    for part in [
        holder.as_str(),
        "stop that",
        "--backend",
        &dir.path().display().to_string(),
    ] {
        assert!(error.contains(part), "`{part}` is not in {error}");
    }
}

#[tokio::test]
async fn what_can_t_work_is_refused_in_one_line_with_a_cure() {
    let cases = [
        ("serve --listen 0.0.0.0:9092", 1, "--advertise HOST:PORT"),
        (
            "serve --etcd-user gk --etcd-password-file x",
            1,
            "give --backend etcd:HOST:PORT",
        ),
        ("serve --listen [::]:9092", 1, "--advertise HOST:PORT"),
        ("serve --listen 127.0.0.1:60000", 1, "--rpc HOST:PORT"),
        (
            "fleet --listen 127.0.0.1:55530 --gateways 100",
            1,
            "lower first port with --listen",
        ),
        (
            "serve --listen nowhere.invalid:9092",
            1,
            "name or an address of this machine",
        ),
        (
            "serve --backend embedded:/dev/null/x --listen 127.0.0.1:0",
            1,
            "--backend",
        ),
        ("serve --listn x", 2, "--listen"),
        ("find", 2, "<GROUP>"),
        ("", 2, "Usage:"),
    ];
    for (line, code, cure) in cases {
        let ended = run(line).await;
        assert_eq!(ended.code, Some(code), "{line}: {ended:?}");
        let error = ended.stderr.lines().find(|line| line.contains(cure));
        assert!(error.is_some(), "{line}: {}", ended.stderr);
        assert!(
            !ended.stderr.contains("panicked"),
            "{line}: {}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "", "{line}");
    }
}

#[tokio::test]
async fn a_log_filter_that_is_none_is_refused() {
    let mut command = command("serve --listen 127.0.0.1:0 --backend memory:");
    command.env("RUST_LOG", "groupkeeper=loud");
    let ended = finish(command).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .stderr
            .starts_with("error: RUST_LOG is `groupkeeper=loud`"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn options_come_from_the_environment_too() {
    let mut command = command("serve");
    command.env("GROUPKEEPER_LISTEN", "0.0.0.0:9092");
    let ended = finish(command).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("--advertise HOST:PORT"), "{ended:?}");
}

#[tokio::test]
async fn an_empty_variable_of_the_environment_counts_as_not_set() {
    let mut command = command("serve --listen nowhere.invalid:9092");
    for name in [
        "GROUPKEEPER_LISTEN",
        "GROUPKEEPER_ADVERTISE",
        "GROUPKEEPER_RPC",
        "GROUPKEEPER_BACKEND",
        "GROUPKEEPER_FLEET",
        "GROUPKEEPER_PLACEMENT",
        "GROUPKEEPER_TIMING",
        "RUST_LOG",
    ] {
        command.env(name, "");
    }
    let ended = finish(command).await;
    // As far as it gets without them.
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("nowhere.invalid"), "{ended:?}");
}

#[tokio::test]
async fn help_and_version_are_results() {
    for (line, part) in [
        ("--help", "groupkeeper fleet"),
        ("serve --help", "seaweedfs:127.0.0.1:9333"),
        ("fleet --help", "kcat -L -b 127.0.0.1:9092"),
        ("find --help", "--output json"),
        ("--version", "groupkeeper 0."),
    ] {
        let ended = run(line).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{line}");
        assert!(ended.stdout.contains(part), "{line}: {}", ended.stdout);
    }
}
