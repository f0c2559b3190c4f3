//! What one caller may take.

use groupkeeper_registry::peer::{Ack, Changes};
use groupkeeper_rpc::RpcLimits;
use tokio::task::JoinSet;

use crate::fake_gateway::{HANGS, ack, found, group, heartbeat};
use crate::running::{PATIENCE, Running, free};

#[tokio::test]
async fn connections_over_the_limit_wait_for_a_free_place() {
    let limits = RpcLimits {
        connections: 1,
        ..RpcLimits::default()
    };
    let running = Running::start_at(free(), limits);
    let first = running.peer();
    assert_eq!(first.heartbeat(heartbeat(false)).await, Ok(ack()));
    let second = running.peer();
    let mut waiting = JoinSet::new();
    waiting.spawn(async move { second.assign(group("second")).await });
    // The first one is served however long the second one waits.
    for _ in 0..20 {
        assert_eq!(
            first.assign(group("first")).await,
            Ok(found(&group("first"), None))
        );
    }
    let asked = running.gateway.asked();
    assert_eq!(asked.len(), 21, "{asked:?}");
    drop(first);
    let answer = tokio::time::timeout(PATIENCE, waiting.join_next())
        .await
        .unwrap();
    assert_eq!(answer.unwrap().unwrap(), Ok(found(&group("second"), None)));
    running.stop().await;
}

#[tokio::test]
async fn calls_over_the_limit_wait_at_their_own_connection() {
    let limits = RpcLimits {
        calls_per_connection: 2,
        ..RpcLimits::default()
    };
    let running = Running::start_at(free(), limits);
    let busy = running.peer();
    let mut hanging = JoinSet::new();
    // The first holds the permit, the second waits for it: both are calls under way.
    for _ in 0..2 {
        let busy = busy.clone();
        hanging.spawn(async move { busy.assign(group(HANGS)).await });
    }
    let mut asked = 0;
    while asked < 2 {
        asked += running.gateway.asked().len();
        tokio::task::yield_now().await;
    }
    let third = busy.clone();
    hanging.spawn(async move { third.assign(group("third")).await });
    let other = running.peer();
    for _ in 0..20 {
        assert_eq!(other.assign(group("g")).await, Ok(found(&group("g"), None)));
    }
    assert_eq!(running.gateway.asked().len(), 20);
    hanging.shutdown().await;
    assert_eq!(
        busy.assign(group("later")).await,
        Ok(found(&group("later"), None))
    );
    running.stop().await;
}

#[tokio::test]
async fn an_answer_of_many_megabytes_arrives_and_a_larger_one_is_a_reset() {
    let running = Running::start();
    let peer = running.peer();
    let decision = found(&group(&"g".repeat(32_000)), None).decision;
    let large = Ack {
        changes: Changes::Since(vec![decision.clone().into(); 400]),
        ..ack()
    };
    running.gateway.acknowledge_with(large.clone());
    assert_eq!(peer.heartbeat(heartbeat(false)).await, Ok(large));
    running.gateway.acknowledge_with(Ack {
        changes: Changes::Since(vec![decision.into(); 600]),
        ..ack()
    });
    let answer = peer.heartbeat(heartbeat(false)).await;
    assert_eq!(
        answer,
        Ok(Ack {
            changes: Changes::Reset,
            ..ack()
        })
    );
    running.stop().await;
}
