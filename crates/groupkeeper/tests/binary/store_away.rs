use crate::kafka::{find_coordinator, metadata};
use crate::ports;
use crate::program::{Running, run};

#[tokio::test]
async fn who_can_be_reached_from_this_machine_only_is_told_where_the_store_is_elsewhere() {
    let port = ports::free(1);
    // An address that nobody has.
    let line = format!("serve --listen 127.0.0.1:{port} --backend seaweedfs:192.0.2.1:9333");
    let mut running = Running::start(&line);
    let told = running.wait_for("which only this machine reaches").await;
    assert!(told.contains("--advertise HOST:PORT"), "{told}");
}

#[tokio::test]
async fn who_asks_at_the_kafka_port_is_told_which_one_to_ask() {
    let port = ports::free(1);
    let line = format!("serve --listen 127.0.0.1:{port} --backend memory:");
    let _running = Running::ready(&line).await;
    for question in ["find a", "owns a", "gateways", "status", "drain gw:1"] {
        let asked = run(&format!("{question} --server 127.0.0.1:{port}")).await;
        assert_eq!(asked.code, Some(1), "{asked:?}");
        let hint = format!("127.0.0.1:{port} is a Kafka port");
        assert!(asked.stderr.contains(&hint), "{question}: {asked:?}");
        let cure = format!("{} for this one", port + 10_000);
        assert!(asked.stderr.contains(&cure), "{question}: {asked:?}");
    }
}

#[tokio::test]
async fn an_etcd_that_is_not_there_is_told() {
    let port = ports::free(1);
    // Nobody is at port 1.
    let line = format!("serve --listen 127.0.0.1:{port} --backend etcd:127.0.0.1:1");
    let mut running = Running::start(&line);
    let waiting = running.wait_for("is waiting for a leader").await;
    assert!(
        waiting.contains("127.0.0.1:1 can't be connected to"),
        "{waiting}"
    );
}

#[tokio::test]
async fn without_a_store_the_ports_answer_that_nothing_is_known() {
    let port = ports::free(1);
    // Nobody is at port 1.
    let line = format!("serve --listen 127.0.0.1:{port} --backend seaweedfs:127.0.0.1:1");
    let mut running = Running::start(&line);

    assert_eq!(find_coordinator(port, "group").await.0, 15);
    let cluster = metadata(port).await;
    assert_eq!(
        (cluster.cluster_id.as_str(), cluster.controller),
        ("groupkeeper", None)
    );

    let server = format!("--server 127.0.0.1:{}", port + 10_000);
    let status = run(&format!("status --output json {server}")).await;
    assert_eq!(
        (status.code, &status.json()["leader"]),
        (Some(0), &serde_json::Value::Null)
    );
    let gateways = run(&format!("gateways --output json {server}")).await;
    assert_eq!(gateways.json(), serde_json::json!([]));
    assert!(
        gateways.stderr.contains("does not hear from a leader"),
        "{gateways:?}"
    );

    let waiting = running.wait_for("is waiting for a leader").await;
    let why = "nothing is decided now: master 127.0.0.1:1: ";
    assert!(waiting.contains(why), "{waiting}");
    running.send(rustix::process::Signal::TERM);
    let (ended, log) = running.end().await;
    assert_eq!(ended.code(), Some(0), "{log:#?}");
}
