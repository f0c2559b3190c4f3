//! Messages on the wire and as the registry's types: what arrives is checked here, once.

mod ack;
mod found;
mod gateway;
mod gateway_list;
mod heartbeat;
mod member_list;
mod news;
mod ownership;
mod requests;
mod revokes;
mod status;
#[cfg(test)]
mod tests;

pub(crate) use heartbeat::heartbeat;

use groupkeeper_types::{GatewayAddr, GroupName, RpcAddr};

use crate::InvalidMessage;

pub(crate) fn group(name: &str) -> Result<GroupName, InvalidMessage> {
    GroupName::new(name).map_err(|error| InvalidMessage::new("group", &error))
}

pub(crate) fn gateway_addr(field: &'static str, addr: &str) -> Result<GatewayAddr, InvalidMessage> {
    GatewayAddr::new(addr).map_err(|error| InvalidMessage::new(field, &error))
}

fn rpc_addr(addr: &str) -> Result<RpcAddr, InvalidMessage> {
    RpcAddr::new(addr).map_err(|error| InvalidMessage::new("rpc", &error))
}
