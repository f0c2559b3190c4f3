//! Where the gateways of one process listen, and what they advertise.

use std::ops::RangeInclusive;

use groupkeeper_types::{GatewayAddr, InvalidHostPort, RpcAddr};
use thiserror::Error;

use crate::listen_addr::ListenAddr;

/// A gateway's RPC port is so much above its Kafka port, unless it is given.
pub const RPC_OFFSET: u16 = 10_000;

/// The addresses of one gateway as they were given, or of the first of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Where Kafka clients connect.
    pub listen: ListenAddr,
    /// What Kafka clients are told to connect to; unless given, where it listens.
    pub advertise: Option<GatewayAddr>,
    /// Where gateways and tools connect.
    pub rpc: Option<ListenAddr>,
}

/// Addresses that can't work together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// Nobody can connect to what would be advertised.
    #[error(
        "--listen {listen} takes clients on every address of this machine, and is none that they \
         could be sent to: add --advertise HOST:PORT, the address under which clients reach it"
    )]
    Wildcard {
        /// The wildcard.
        listen: ListenAddr,
    },
    /// The usual RPC port does not exist.
    #[error(
        "the RPC port that goes with {kafka} is {port} (the Kafka port + {RPC_OFFSET}), and 65535 \
         is the highest: give another one with --rpc HOST:PORT"
    )]
    NoRpcPort {
        /// The Kafka address.
        kafka: ListenAddr,
        /// What the port would be.
        port: u32,
    },
    /// Consecutive ports run out.
    #[error(
        "{count} gateways need the ports {first} to {last}, and 65535 is the highest: give a lower \
         first port with {flag}"
    )]
    NoPortsLeft {
        /// How many gateways there are to be.
        count: u16,
        /// The first port.
        first: u16,
        /// What the last port would be.
        last: u32,
        /// The flag that gives the first port.
        flag: &'static str,
    },
    /// One port for two purposes.
    #[error(
        "--listen and --rpc both want port {port}: Kafka clients and gateways need a port each, so \
         give --rpc another one"
    )]
    SamePort {
        /// The first such port.
        port: u16,
    },
    /// An address is too long, say, once its port is in.
    #[error(transparent)]
    Address(#[from] InvalidHostPort),
}

/// Where one gateway listens, and what it advertises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayPlan {
    /// For Kafka clients.
    pub kafka: ListenAddr,
    /// For gateways and tools.
    pub rpc: ListenAddr,
    /// What was given to advertise.
    pub advertise: Option<GatewayAddr>,
    /// The host under which other gateways reach it; an IPv6 address has its brackets.
    rpc_host: String,
}

impl GatewayPlan {
    /// The plans of `count` gateways on consecutive ports. Of port 0 every gateway gets its own.
    ///
    /// # Errors
    /// When the addresses can't work together.
    pub fn consecutive(first: &Addresses, count: u16) -> Result<Vec<Self>, PlanError> {
        let rpc = first.rpc()?;
        let mut kafka = ports(first.listen.port(), count, "--listen")?;
        let advertised = first.advertise.as_ref().map_or(1, GatewayAddr::port);
        ports(advertised, count, "--advertise")?;
        // Without --rpc it is the Kafka port that leads too high.
        let flag = if first.rpc.is_some() {
            "--rpc"
        } else {
            "--listen"
        };
        let rpcs = ports(rpc.port(), count, flag)?;
        let shared = kafka.find(|port| *port != 0 && rpcs.contains(port));
        if let Some(port) = shared.filter(|_| first.listen.host() == rpc.host()) {
            return Err(PlanError::SamePort { port });
        }
        (0..count).map(|number| first.nth(&rpc, number)).collect()
    }

    /// What it advertises to clients and to gateways, once the real ports are known.
    ///
    /// # Errors
    /// When an address is nothing that others can connect to.
    pub fn advertised(
        &self,
        kafka_port: u16,
        rpc_port: u16,
    ) -> Result<(GatewayAddr, RpcAddr), InvalidHostPort> {
        let addr = match &self.advertise {
            Some(addr) => addr.clone(),
            None => GatewayAddr::new(&self.kafka.with_port(kafka_port).to_string())?,
        };
        let rpc = RpcAddr::new(&format!("{}:{rpc_port}", self.rpc_host))?;
        Ok((addr, rpc))
    }
}

impl Addresses {
    fn rpc(&self) -> Result<ListenAddr, PlanError> {
        if let Some(rpc) = &self.rpc {
            return Ok(rpc.clone());
        }
        let port = match self.listen.port() {
            0 => Some(0),
            port => port.checked_add(RPC_OFFSET),
        };
        let none = || PlanError::NoRpcPort {
            kafka: self.listen.clone(),
            port: u32::from(self.listen.port()) + u32::from(RPC_OFFSET),
        };
        Ok(self.listen.with_port(port.ok_or_else(none)?))
    }

    fn nth(&self, rpc: &ListenAddr, number: u16) -> Result<GatewayPlan, PlanError> {
        let kafka = self.listen.with_port(up(self.listen.port(), number));
        if kafka.is_wildcard() && self.advertise.is_none() {
            return Err(PlanError::Wildcard { listen: kafka });
        }
        let advertise = match &self.advertise {
            None => None,
            Some(first) => {
                let host = host_of(first.as_str());
                Some(GatewayAddr::new(&format!(
                    "{host}:{}",
                    first.port() + number
                ))?)
            }
        };
        // Gateways reach it where --rpc says; a wildcard there, or nothing, leaves the host that
        // clients are told.
        let rpc_host = match (&self.rpc, &advertise) {
            (Some(rpc), _) if !rpc.is_wildcard() => rpc.host(),
            (_, Some(advertise)) => host_of(advertise.as_str()),
            (_, None) => kafka.host(),
        };
        Ok(GatewayPlan {
            rpc_host: rpc_host.to_owned(),
            rpc: rpc.with_port(up(rpc.port(), number)),
            kafka,
            advertise,
        })
    }
}

fn host_of(host_port: &str) -> &str {
    host_port
        .rsplit_once(':')
        .map_or(host_port, |(host, _)| host)
}

const fn up(port: u16, by: u16) -> u16 {
    if port == 0 {
        0
    } else {
        port.saturating_add(by)
    }
}

fn ports(first: u16, count: u16, flag: &'static str) -> Result<RangeInclusive<u16>, PlanError> {
    let last = u32::from(first) + u32::from(count.saturating_sub(1));
    match u16::try_from(last) {
        Ok(last) if first != 0 => Ok(first..=last),
        Ok(_) => Ok(0..=0),
        Err(_) => Err(PlanError::NoPortsLeft {
            count,
            first,
            last,
            flag,
        }),
    }
}

#[cfg(test)]
mod tests;
