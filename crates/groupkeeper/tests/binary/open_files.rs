//! What a crowd of clients leaves a gateway that may have few files open.

use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::kafka::{Held, connect, find_coordinator};
use crate::ports;
use crate::program::{PATIENCE, Running, finish, run, with_open_files};

/// Kafka clients that are served of 300 that connect and stay.
async fn crowd(port: u16) -> Vec<Held> {
    let mut served = Vec::new();
    for _ in 0..300 {
        let come = timeout(PATIENCE, Held::connect(port)).await;
        served.extend(come.expect("every client is served or refused"));
    }
    served
}

#[tokio::test]
async fn a_crowd_of_kafka_clients_leaves_files_for_everything_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let port = ports::free(1);
    let line = format!(
        "serve --listen 127.0.0.1:{port} --backend embedded:{}",
        dir.path().display()
    );
    let mut running = Running::of(with_open_files(96, &line));
    let told = running.wait_for("96 files open").await;
    for part in ["24 Kafka clients", "8 gateways and tools", "ulimit -n"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    running.wait_for(" is a member of the fleet").await;

    let mut served = crowd(port).await;
    assert_eq!(served.len(), 24);
    let refused = running.wait_for("too many connections").await;
    assert!(refused.contains("most=24"), "{refused}");
    // Whoever was let in is answered, tools are, and new groups are decided.
    let server = format!("--server 127.0.0.1:{}", port + 10_000);
    for question in ["find new-1 new-2", "status", "gateways", "owns new-1"] {
        let answer = run(&format!("{question} {server}")).await;
        assert_eq!(
            (answer.code, answer.stderr.as_str()),
            (Some(0), ""),
            "{answer:?}"
        );
    }
    for client in &mut served {
        assert_eq!(client.find("new-1").await.0, 0);
    }
    // One place that is free again is one client's.
    served.pop();
    let next = async { while Held::connect(port).await.is_none() {} };
    timeout(PATIENCE, next).await.expect("it is served");
}

#[tokio::test]
async fn a_crowd_at_the_rpc_port_leaves_files_for_kafka_clients() {
    let port = ports::free(1);
    let line = format!("serve --listen 127.0.0.1:{port} --backend memory:");
    let mut running = Running::of(with_open_files(96, &line));
    running.wait_for(" is a member of the fleet").await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(
            TcpStream::connect(("127.0.0.1", port + 10_000))
                .await
                .expect("a queue"),
        );
    }
    assert_eq!(crowd(port).await.len(), 24);
    drop(silent);
    let status = run(&format!("status --server 127.0.0.1:{}", port + 10_000)).await;
    assert_eq!(status.code, Some(0), "{status:?}");
}

#[tokio::test]
async fn where_nothing_fits_it_does_not_start() {
    for (line, files, least) in [
        ("serve --listen 127.0.0.1:0 --backend memory:", 79, "80"),
        ("fleet --listen 127.0.0.1:0 --backend memory:", 96, "166"),
    ] {
        let ended = finish(with_open_files(files, line)).await;
        assert_eq!(ended.code, Some(1), "{line}: {ended:?}");
        for part in [&format!("{files} files open"), least, "ulimit -n"] {
            assert!(ended.stderr.contains(part), "{part}: {ended:?}");
        }
    }
}

#[tokio::test]
async fn the_soft_limit_is_raised_to_the_hard_one() {
    let port = ports::free(1);
    let line = format!("serve --listen 127.0.0.1:{port} --backend memory:");
    let mut running = Running::of(with_open_files("150; ulimit -S -n 20", &line));
    let told = running.wait_for("files open").await;
    assert!(told.contains("150 files open"), "{told}");
    running.wait_for(" is a member of the fleet").await;
    connect(port).await.expect("it takes clients");
    assert_ne!(find_coordinator(port, "group").await.1, "");
}
