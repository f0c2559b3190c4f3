use std::io::{self, Write as _};
use std::process::ExitCode;

use groupkeeper_hashing::node_id;
use groupkeeper_registry::peer::MemberView;
use groupkeeper_rpc::GatewayList;
use groupkeeper_types::GatewayAddr;
use serde::Serialize;

use super::{QueryError, answered, connect};
use crate::cli::{OutputFormat, QueryArgs};
use crate::output::{Table, print, print_json};

/// One gateway in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Gateway<'a> {
    address: &'a GatewayAddr,
    node_id: i32,
    leader: bool,
    joined: bool,
    draining: bool,
}

impl<'a> Gateway<'a> {
    pub(super) fn new(member: &'a MemberView, leader: Option<&GatewayAddr>) -> Self {
        Self {
            address: &member.addr,
            node_id: node_id(&member.addr).get(),
            leader: leader == Some(&member.addr),
            joined: member.joined,
            draining: member.draining,
        }
    }

    fn state(&self) -> &'static str {
        match (self.draining, self.joined) {
            (true, _) => "draining",
            (false, true) => "member",
            // A new leader takes it as alive for one lease.
            (false, false) => "inherited",
        }
    }
}

pub(super) async fn run(args: QueryArgs) -> Result<ExitCode, QueryError> {
    let client = connect(&args.server).await?;
    let list = answered(&args.server, client.list_gateways().await).await?;
    let gateways = rows(&list);
    match args.output {
        OutputFormat::Json => print_json(&gateways)?,
        OutputFormat::Table => print(&table(&gateways))?,
    }
    if !list.fresh {
        let server = &args.server;
        let text = format!("warning: the gateway at {server} does not hear from a leader now\n");
        drop(io::stderr().lock().write_all(text.as_bytes()));
    }
    Ok(ExitCode::SUCCESS)
}

fn rows(list: &GatewayList) -> Vec<Gateway<'_>> {
    let leader = list.leader.as_ref().map(|leader| &leader.addr);
    list.gateways
        .iter()
        .map(|member| Gateway::new(member, leader))
        .collect()
}

fn table(gateways: &[Gateway<'_>]) -> String {
    let mut table = Table::new(["GATEWAY", "NODE", "STATE", "ROLE"]);
    for gateway in gateways {
        let role = if gateway.leader { "leader" } else { "follower" };
        table.row([
            gateway.address.to_string(),
            gateway.node_id.to_string(),
            gateway.state().to_owned(),
            role.to_owned(),
        ]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use groupkeeper_registry::peer::LeaderView;
    use groupkeeper_types::{Epoch, RpcAddr};

    use super::*;

    #[test]
    fn the_leader_and_whoever_leaves_are_marked() {
        let member = |addr, joined, draining| MemberView {
            addr: GatewayAddr::new(addr).unwrap(),
            joined,
            draining,
        };
        let list = GatewayList {
            gateways: vec![
                member("a:1", true, false),
                member("b:1", false, false),
                member("c:1", true, true),
            ],
            leader: Some(LeaderView {
                addr: GatewayAddr::new("a:1").unwrap(),
                rpc: RpcAddr::new("a:2").unwrap(),
                epoch: Epoch::new(1),
            }),
            fresh: true,
        };
        let table = table(&rows(&list));
        let words: Vec<Vec<_>> = table
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().skip(2).collect())
            .collect();
        assert_eq!(
            words,
            [
                ["member", "leader"],
                ["inherited", "follower"],
                ["draining", "follower"]
            ]
        );
        let json = serde_json::to_string(&rows(&list)[0]).unwrap();
        let end = r#""leader":true,"joined":true,"draining":false}"#;
        assert!(
            json.starts_with(r#"{"address":"a:1","node_id":"#) && json.ends_with(end),
            "{json}"
        );
    }
}
