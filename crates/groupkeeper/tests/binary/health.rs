//! What a load balancer, or Kubernetes, is told by the gRPC health service.

use rustix::process::Signal;
use tokio::time::{sleep, timeout};
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::ports;
use crate::program::{PATIENCE, Running};

async fn health(port: u16) -> HealthClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{}", port + 10_000));
    let endpoint = endpoint.expect("an address");
    let connected = async {
        loop {
            match endpoint.connect().await {
                Ok(channel) => return HealthClient::new(channel),
                Err(_) => sleep(std::time::Duration::from_millis(20)).await,
            }
        }
    };
    timeout(PATIENCE, connected).await.expect("its port opens")
}

#[tokio::test]
async fn a_gateway_that_has_no_store_is_not_serving() {
    let port = ports::free(1);
    // Nobody is at port 1.
    let line = format!("serve --listen 127.0.0.1:{port} --backend seaweedfs:127.0.0.1:1");
    let mut running = Running::start(&line);
    running.wait_for("is waiting for a leader").await;
    let mut health = health(port).await;
    let answer = health.check(HealthCheckRequest::default()).await;
    let answer = answer.expect("an answer").into_inner().status();
    assert_eq!(answer, ServingStatus::NotServing);
}

#[tokio::test]
async fn a_gateway_is_serving_from_when_it_is_ready_until_it_is_told_to_stop() {
    let port = ports::free(1);
    let line = format!("serve --listen 127.0.0.1:{port} --backend memory:");
    let running = Running::start(&line);
    let mut health = health(port).await;
    let watch = health.watch(HealthCheckRequest::default()).await;
    let mut watch = watch.expect("an answer").into_inner();
    let mut told = Vec::new();
    let watched = async {
        while let Ok(Some(answer)) = watch.message().await {
            if answer.status() == ServingStatus::Serving {
                running.send(Signal::TERM);
            }
            told.push(answer.status());
        }
    };
    timeout(PATIENCE, watched).await.expect("it ends");
    told.dedup();
    let last = told.last_chunk();
    assert_eq!(
        last,
        Some(&[ServingStatus::Serving, ServingStatus::NotServing])
    );
}
