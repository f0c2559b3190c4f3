//! What standard tools ask: health checks and reflection.

use futures_util::stream;
use tokio::sync::watch;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::{v1, v1alpha};

use crate::running::Running;

#[tokio::test]
async fn health_is_told_until_the_server_stops() {
    let running = Running::start();
    let mut health = HealthClient::new(running.channel().await);
    for service in ["", "groupkeeper.v1.Registry", "groupkeeper.v1.Leader"] {
        let request = HealthCheckRequest {
            service: service.into(),
        };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
    let mut watch = health
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        watch.message().await.unwrap().unwrap().status(),
        ServingStatus::Serving
    );
    let (last, ()) = tokio::join!(watch.message(), running.stop());
    assert_eq!(last.unwrap().unwrap().status(), ServingStatus::NotServing);
}

#[tokio::test]
async fn health_says_serving_only_while_the_gateway_is_ready() {
    let (ready, watched) = watch::channel(false);
    let running = Running::start_with(|server| server.with_readiness(watched));
    let mut health = HealthClient::new(running.channel().await);
    let mut watch = health
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    let mut told = Vec::new();
    told.push(watch.message().await.unwrap().unwrap().status());
    ready.send(true).unwrap();
    told.push(watch.message().await.unwrap().unwrap().status());
    // It stops, and answers until it has.
    drop(ready);
    told.push(watch.message().await.unwrap().unwrap().status());
    assert_eq!(
        told,
        [
            ServingStatus::NotServing,
            ServingStatus::Serving,
            ServingStatus::NotServing
        ]
    );
    running.directory().await.stats().await.unwrap();
    drop(watch);
    running.stop().await;
}

#[tokio::test]
async fn reflection_lists_the_services_and_their_messages() {
    use v1::server_reflection_request::MessageRequest;
    use v1::server_reflection_response::MessageResponse;

    let running = Running::start();
    let mut client =
        v1::server_reflection_client::ServerReflectionClient::new(running.channel().await);
    let ask = |message| v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(message),
    };
    let questions = stream::iter([
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol(
            "groupkeeper.v1.Leader.Assign".into(),
        )),
    ]);
    let mut answers = client
        .server_reflection_info(questions)
        .await
        .unwrap()
        .into_inner();
    let list = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = list else {
        panic!("{list:?}")
    };
    let names: Vec<_> = list
        .service
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    for name in [
        "groupkeeper.v1.Leader",
        "groupkeeper.v1.Registry",
        "grpc.health.v1.Health",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    let file = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::FileDescriptorResponse(file)) = file else {
        panic!("{file:?}")
    };
    assert!(!file.file_descriptor_proto.is_empty());
    drop(answers);
    running.stop().await;
}

#[tokio::test]
async fn the_older_reflection_answers_too() {
    use v1alpha::server_reflection_request::MessageRequest;
    use v1alpha::server_reflection_response::MessageResponse;

    let running = Running::start();
    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(running.channel().await);
    let question = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = client
        .server_reflection_info(stream::iter([question]))
        .await
        .unwrap();
    let answer = answers
        .into_inner()
        .message()
        .await
        .unwrap()
        .unwrap()
        .message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("{answer:?}")
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "groupkeeper.v1.Leader")
    );
    running.stop().await;
}
