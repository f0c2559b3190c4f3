//! Every call and every error arrive as they were sent.

use groupkeeper_registry::peer::{Leave, PeerError, Resigned};
use groupkeeper_rpc::{GatewayList, MAX_OWNS, OwnedGroups};
use groupkeeper_types::{Epoch, Incarnation, RpcAddr};

use crate::fake_gateway::{
    Asked, ack, found, gateway, group, heartbeat, ownership, record, status,
};
use crate::running::Running;

#[tokio::test]
async fn a_leader_is_asked_and_answers() {
    let running = Running::start();
    let peer = running.peer();
    let orders = group("orders\n\0é");
    let to = gateway("gw-3:9092");
    let leave = Leave {
        gateway: gateway("gw-1:9092"),
        incarnation: Incarnation::new(7),
        keep_groups: true,
    };
    let resigned = Resigned::silent(Epoch::new(8));

    assert_eq!(peer.heartbeat(heartbeat(true)).await, Ok(ack()));
    assert_eq!(peer.heartbeat(heartbeat(false)).await, Ok(ack()));
    assert_eq!(peer.leave(leave.clone()).await, Ok(()));
    assert_eq!(peer.assign(orders.clone()).await, Ok(found(&orders, None)));
    let answer = peer.reassign(orders.clone(), Some(to.clone())).await;
    assert_eq!(answer, Ok(found(&orders, Some(&to))));
    assert_eq!(
        peer.reassign(orders.clone(), None).await,
        Ok(found(&orders, None))
    );
    assert_eq!(peer.drain(gateway("gw-4:9092")).await, Ok(()));
    assert_eq!(peer.resigned(resigned.clone()).await, Ok(()));

    let expected = [
        Asked::Heartbeat(heartbeat(true)),
        Asked::Heartbeat(heartbeat(false)),
        Asked::Leave(leave),
        Asked::Assign(orders.clone()),
        Asked::Reassign(orders.clone(), Some(to)),
        Asked::Reassign(orders, None),
        Asked::Drain(gateway("gw-4:9092")),
        Asked::Resigned(resigned),
    ];
    assert_eq!(running.gateway.asked(), expected);
    running.stop().await;
}

#[tokio::test]
async fn a_directory_is_asked_and_answers() {
    let running = Running::start();
    let directory = running.directory().await;
    let orders = group("orders");
    let to = gateway("gw-3:9092");

    assert_eq!(directory.find(&orders).await, Ok(found(&orders, None)));
    assert_eq!(directory.get(&orders).await, Ok(found(&orders, None)));
    let answer = directory.reassign(&orders, Some(&to)).await;
    assert_eq!(answer, Ok(found(&orders, Some(&to))));
    assert_eq!(directory.drain(&to).await, Ok(()));
    assert_eq!(directory.stats().await, Ok(status()));
    let list = GatewayList {
        gateways: status().gateways,
        leader: status().leader,
        fresh: status().fresh,
    };
    assert_eq!(directory.list_gateways().await, Ok(list));

    let expected = [
        Asked::Find(orders.clone()),
        Asked::Get(orders.clone()),
        Asked::DirectoryReassign(orders, Some(to.clone())),
        Asked::DirectoryDrain(to),
    ];
    assert_eq!(running.gateway.asked(), expected);
    running.stop().await;
}

#[tokio::test]
async fn every_error_arrives_from_every_call() {
    let running = Running::start();
    let peer = running.peer();
    let directory = running.directory().await;
    let orders = group("orders");
    for error in [
        PeerError::unreachable("the leader is gone"),
        PeerError::NotLeader { leader: None },
        PeerError::NotLeader {
            leader: Some(RpcAddr::new("[::1]:7000").unwrap()),
        },
        PeerError::not_available("a new leader takes over"),
        PeerError::NotFound {
            what: "group größer".into(),
        },
        PeerError::Refused {
            why: "the node ID is taken".into(),
        },
    ] {
        running.gateway.fail_with(Some(error.clone()));
        assert_eq!(peer.heartbeat(heartbeat(true)).await, Err(error.clone()));
        assert_eq!(peer.heartbeat(heartbeat(false)).await, Err(error.clone()));
        let leave = Leave {
            gateway: gateway("gw-1:9092"),
            incarnation: Incarnation::new(7),
            keep_groups: false,
        };
        assert_eq!(peer.leave(leave).await, Err(error.clone()));
        assert_eq!(peer.assign(orders.clone()).await, Err(error.clone()));
        assert_eq!(
            peer.reassign(orders.clone(), None).await,
            Err(error.clone())
        );
        let third = gateway("gw-3:9092");
        assert_eq!(peer.drain(third.clone()).await, Err(error.clone()));
        assert_eq!(directory.drain(&third).await, Err(error.clone()));
        let resigned = Resigned::silent(Epoch::new(8));
        assert_eq!(peer.resigned(resigned).await, Err(error.clone()));
        assert_eq!(directory.find(&orders).await, Err(error.clone()));
        assert_eq!(directory.get(&orders).await, Err(error.clone()));
        assert_eq!(directory.reassign(&orders, None).await, Err(error.clone()));
    }
    running.gateway.fail_with(None);
    assert_eq!(peer.assign(orders.clone()).await, Ok(found(&orders, None)));
    running.stop().await;
}

#[tokio::test]
async fn the_longest_error_and_the_longest_name_get_through() {
    let running = Running::start();
    let peer = running.peer();
    let longest = group(&"é".repeat(16_383));
    assert_eq!(
        peer.assign(longest.clone()).await,
        Ok(found(&longest, None))
    );
    running
        .gateway
        .fail_with(Some(PeerError::not_available("é".repeat(100_000))));
    let error = peer.assign(longest).await.unwrap_err();
    assert!(matches!(error, PeerError::NotAvailable { .. }), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn what_a_process_owns_is_told_of_every_group() {
    let running = Running::start();
    let directory = running.directory().await;
    let groups = [group("orders"), group("not-mine"), group("é\n")];
    let owned = OwnedGroups {
        gateway: record(),
        groups: groups
            .each_ref()
            .map(|group| (group.clone(), ownership(group)))
            .to_vec(),
    };
    assert_eq!(directory.owns(&groups).await, Ok(owned));
    assert_eq!(directory.owns(&[]).await.unwrap().groups, []);

    let many = vec![group("orders"); MAX_OWNS + 1];
    let most = directory.owns(&many[1..]).await.unwrap();
    assert_eq!(most.groups.len(), MAX_OWNS);
    let error = directory.owns(&many).await.unwrap_err();
    assert!(error.to_string().contains("16385 entries"), "{error}");
    running.stop().await;
}
