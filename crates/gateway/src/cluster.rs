use std::sync::Arc;

use groupkeeper_types::NodeId;

use crate::{Broker, ClusterId};

/// What Metadata and DescribeCluster say of the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The fleet's name. Clients refuse to talk to a cluster that changes it.
    pub cluster_id: ClusterId,
    /// The leader, where one is known; clients are told -1 otherwise.
    pub controller: Option<NodeId>,
    /// The gateways clients may connect to: the healthy ones. Clients forget a broker that is not
    /// listed, so an answer of FindCoordinator should name one of these.
    pub brokers: Vec<Arc<Broker>>,
}
