use crate::kafka::{find_coordinator, metadata};
use crate::ports;
use crate::program::{Running, run};

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
    assert!(
        waiting.contains("no master of seaweedfs:127.0.0.1:1 has named one"),
        "{waiting}"
    );
    running.send(rustix::process::Signal::TERM);
    let (ended, log) = running.end().await;
    assert_eq!(ended.code(), Some(0), "{log:#?}");
}
