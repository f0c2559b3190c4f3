mod any;
mod hostile;
mod leases;

use groupkeeper_registry::peer::{Ack, Found, Heartbeat, Leave, RegistryStatus, Resigned};
use proptest::prelude::*;
use prost::Message;

use super::heartbeat;
use crate::{GatewayList, proto};

/// What arrives when this is sent, byte for byte.
fn sent<W: Message + Default>(message: impl Into<W>) -> W {
    W::decode(message.into().encode_to_vec().as_slice()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn heartbeats_survive(beat in any::heartbeat()) {
        let read: Heartbeat =
            heartbeat(beat.announce, sent::<proto::HeartbeatRequest>(beat.clone())).unwrap();
        prop_assert_eq!(read, beat);
    }

    #[test]
    fn acknowledgements_survive(ack in any::ack()) {
        let read = Ack::try_from(sent::<proto::Ack>(ack.clone())).unwrap();
        prop_assert_eq!(read, ack);
    }

    #[test]
    fn answers_about_a_group_survive(found in any::found()) {
        let read = Found::try_from(sent::<proto::Found>(found.clone())).unwrap();
        prop_assert_eq!(read, found);
    }

    #[test]
    fn leaving_survives(leave in any::leave(), resigned in any::resigned()) {
        let read = Leave::try_from(sent::<proto::DeregisterRequest>(leave.clone())).unwrap();
        prop_assert_eq!(read, leave);
        let read = Resigned::try_from(sent::<proto::ResignedRequest>(resigned.clone())).unwrap();
        prop_assert_eq!(read, resigned);
    }

    #[test]
    fn a_wish_to_reassign_survives(group in any::group(), to in prop::option::of(any::gateway())) {
        let request = sent::<proto::ReassignRequest>(proto::ReassignRequest::new(&group, to.as_ref()));
        prop_assert_eq!(request.parse().unwrap(), (group, to));
    }

    #[test]
    fn a_wish_to_drain_survives(gateway in any::gateway()) {
        let request = sent::<proto::DrainRequest>(gateway.clone());
        prop_assert_eq!(request.parse().unwrap(), gateway);
    }

    #[test]
    fn a_view_of_the_fleet_survives(status in any::status()) {
        let read = RegistryStatus::try_from(sent::<proto::StatsResponse>(status.clone())).unwrap();
        prop_assert_eq!(&read, &status);
        let list = sent::<proto::ListGatewaysResponse>(status.clone());
        let list = GatewayList::try_from(list).unwrap();
        let RegistryStatus { gateways, leader, fresh, .. } = status;
        prop_assert_eq!(list, GatewayList { gateways, leader, fresh });
    }
}
