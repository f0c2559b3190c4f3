//! Messages on the wire and as the registry's types: what arrives is checked here, once.

mod ack;
mod found;
mod gateway;
mod gateway_list;
mod heartbeat;
mod lineage;
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
    // What stands in a store is passed on between gateways.
    let read = GatewayAddr::stored(addr).map_err(|error| InvalidMessage::new(field, &error))?;
    // An earlier version takes two spellings for two gateways, and may give away the groups of the one while this
    // version takes the other for it.
    if read.as_str() != addr {
        let why = format!(
            "`{addr}` is another spelling of `{read}`: use that one; a gateway of an earlier version that is \
             advertised as `{addr}` must be restarted as `{read}`"
        );
        return Err(InvalidMessage::new(field, &why));
    }
    Ok(read)
}

fn rpc_addr(addr: &str) -> Result<RpcAddr, InvalidMessage> {
    RpcAddr::stored(addr).map_err(|error| InvalidMessage::new("rpc", &error))
}
