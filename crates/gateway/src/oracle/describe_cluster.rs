use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::{BrokerId, DescribeClusterRequest, DescribeClusterResponse};
use kafka_protocol::protocol::Message;
use proptest::prelude::*;

use super::{answer, any_cluster, any_head, any_tags, no_cluster, read, request, responder, text};
use crate::api::describe_cluster::DescribeClusterRequest as Ours;
use crate::api::{ApiKey, Request};
use crate::{Cluster, FixedCoordinators};

fn expected(endpoint_type: i8, cluster: &Cluster) -> DescribeClusterResponse {
    let response = DescribeClusterResponse::default().with_endpoint_type(endpoint_type);
    let error = match endpoint_type {
        1 => 0,
        2 => 114,
        _ => 115,
    };
    if error != 0 {
        return response
            .with_error_code(error)
            .with_error_message(Some(text("only brokers are described here")));
    }
    let brokers = cluster.brokers.iter().map(|broker| {
        DescribeClusterBroker::default()
            .with_broker_id(BrokerId(broker.node_id().get()))
            .with_host(text(broker.host()))
            .with_port(i32::from(broker.port()))
            .with_rack(None)
    });
    response
        .with_error_message(None)
        .with_cluster_id(text(cluster.cluster_id.as_str()))
        .with_controller_id(BrokerId(cluster.controller.map_or(-1, |id| id.get())))
        .with_brokers(brokers.collect())
}

#[test]
fn knows_every_version_that_the_oracle_knows() {
    assert_eq!(
        DescribeClusterRequest::VERSIONS.max,
        ApiKey::DescribeCluster.newest()
    );
}

proptest! {
    #[test]
    fn shows_the_fleet(
        version in 0..=2_i16,
        head in any_head(),
        cluster in any_cluster(),
        asked in prop_oneof![3 => Just(1_i8), 1 => Just(2_i8), 1 => any::<i8>()],
        flags: [bool; 2],
        tags in any_tags(),
    ) {
        let endpoint_type = if version >= 1 { asked } else { 1 };
        let body = DescribeClusterRequest::default()
            .with_include_cluster_authorized_operations(flags[0])
            .with_endpoint_type(endpoint_type)
            .with_include_fenced_brokers(flags[1] && version >= 2)
            .with_unknown_tagged_fields(tags);
        let frame = request(ApiKey::DescribeCluster, version, &head, &body);
        let read = read(&frame, ApiKey::DescribeCluster, version, &head);
        prop_assert_eq!(read, Request::DescribeCluster(Ours { endpoint_type }));

        let expected = expected(endpoint_type, &cluster);
        let out = answer(&responder(FixedCoordinators::new(cluster)), &frame).unwrap();
        let read: DescribeClusterResponse = super::response(&out, version, head.correlation_id);
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_newer_version_is_answered_35_in_the_newest_layout(
        version in 3..=i16::MAX,
        correlation_id: i32,
        rest in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut frame = [&60_i16.to_be_bytes()[..], &version.to_be_bytes()].concat();
        frame.extend_from_slice(&correlation_id.to_be_bytes());
        frame.extend_from_slice(&rest);
        let out = answer(&responder(FixedCoordinators::new(no_cluster())), &frame).unwrap();
        let read: DescribeClusterResponse = super::response(&out, 2, correlation_id);
        prop_assert_eq!(read.error_code, 35);
    }
}
