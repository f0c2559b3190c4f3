use std::process::ExitCode;

use groupkeeper_hashing::node_id;
use groupkeeper_registry::peer::{RegistryStatus, Role, Standing};
use groupkeeper_types::{Epoch, GatewayAddr, Revision, RpcAddr};
use serde::Serialize;

use super::gateways::Gateway;
use super::{QueryError, answered, connect};
use crate::cli::{OutputFormat, QueryArgs};
use crate::output::{Table, print, print_json};

/// A gateway's own view in JSON.
#[derive(Debug, Serialize)]
struct Status<'a> {
    gateway: &'a GatewayAddr,
    node_id: i32,
    rpc: &'a RpcAddr,
    incarnation: String,
    role: &'static str,
    leader: Option<Leader<'a>>,
    lock_owner: Option<&'a str>,
    epoch: Epoch,
    revision: Revision,
    fresh: bool,
    standing: Option<&'static str>,
    gateways: Vec<Gateway<'a>>,
    groups_known: usize,
    assignments: Option<usize>,
    unreadable: usize,
    behind: usize,
    set_aside: u64,
    restored: u64,
    problem: Option<&'a str>,
}

/// Who leads.
#[derive(Debug, Serialize)]
struct Leader<'a> {
    address: &'a GatewayAddr,
    epoch: Epoch,
}

pub(super) async fn run(args: QueryArgs) -> Result<ExitCode, QueryError> {
    let client = connect(&args.server).await?;
    let status = answered(&args.server, client.stats().await).await?;
    let status = Status::new(&status);
    match args.output {
        OutputFormat::Json => print_json(&status)?,
        OutputFormat::Table => print(&status.table())?,
    }
    Ok(ExitCode::SUCCESS)
}

impl<'a> Status<'a> {
    fn new(status: &'a RegistryStatus) -> Self {
        let leader = status.leader.as_ref();
        let leads = leader.map(|leader| &leader.addr);
        Self {
            gateway: &status.gateway.addr,
            node_id: node_id(&status.gateway.addr).get(),
            rpc: &status.gateway.rpc,
            // As text: a number of 64 bits is not whole in every reader of JSON.
            incarnation: status.gateway.incarnation.to_string(),
            role: match status.role {
                Role::Follower => "follower",
                Role::TakingOver => "taking-over",
                Role::Leader => "leader",
            },
            leader: leader.map(|leader| Leader {
                address: &leader.addr,
                epoch: leader.epoch,
            }),
            lock_owner: status.lock_owner.as_deref(),
            epoch: status.stamp.epoch,
            revision: status.stamp.revision,
            fresh: status.fresh,
            standing: status.standing.map(|standing| match standing {
                Standing::Joining => "joining",
                Standing::Settling => "settling",
                Standing::Member => "member",
                Standing::Draining => "draining",
            }),
            gateways: status
                .gateways
                .iter()
                .map(|it| Gateway::new(it, leads))
                .collect(),
            groups_known: status.groups_known,
            assignments: status.assignments,
            unreadable: status.unreadable,
            behind: status.behind,
            set_aside: status.set_aside,
            restored: status.restored,
            problem: status.problem.as_deref(),
        }
    }

    /// Why it has no standing.
    fn shut_out(&self) -> String {
        match (self.problem, &self.leader) {
            (Some(problem), _) => format!("none: {}", problem.escape_debug()),
            (None, Some(leader)) => {
                format!("none: the leader {} does not answer it", leader.address)
            }
            (None, None) => "none: it knows no leader".to_owned(),
        }
    }

    fn table(&self) -> String {
        let mut table = Table::default();
        let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
        row(
            "gateway",
            format!("{} (node {}, RPC {})", self.gateway, self.node_id, self.rpc),
        );
        row("role", self.role.to_owned());
        let leader = self.leader.as_ref();
        let leader = leader.map(|Leader { address, epoch }| format!("{address}, epoch {epoch}"));
        row("leader", leader.unwrap_or_else(|| "none known".to_owned()));
        let owner = self
            .lock_owner
            .map(|owner| owner.escape_debug().to_string());
        row(
            "lock",
            owner.unwrap_or_else(|| "held by nobody, as far as it knows".to_owned()),
        );
        let standing = self.standing.map_or_else(|| self.shut_out(), str::to_owned);
        row("standing", standing);
        let fresh = if self.fresh {
            "yes"
        } else {
            "no: it does not hear from a leader"
        };
        row("fresh", fresh.to_owned());
        row(
            "newest decision",
            format!("epoch {}, revision {}", self.epoch, self.revision),
        );
        row("healthy gateways", self.gateways.len().to_string());
        let known = format!("{} in memory", self.groups_known);
        let all = self
            .assignments
            .map(|all| format!("{all} assigned, {known}"));
        row("groups", all.unwrap_or(known));
        if self.unreadable > 0 {
            row(
                "unreadable",
                format!("{} stored entries that are no assignments", self.unreadable),
            );
        }
        if self.set_aside > 0 {
            let set_aside = format!("{} unreadable entries, by this leader", self.set_aside);
            row("set aside", set_aside);
        }
        if self.restored > 0 {
            let restored = format!("{} assignments, by this leader", self.restored);
            row("written again", restored);
        }
        if self.behind > 0 {
            row(
                "behind",
                format!(
                    "{} moved groups, whose stored assignments follow",
                    self.behind
                ),
            );
        }
        if let Some(problem) = self.problem {
            row("problem", problem.escape_debug().to_string());
        }
        table.to_string()
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_assignment_store::GatewayRecord;
    use groupkeeper_registry::peer::{LeaderView, MemberView};
    use groupkeeper_types::{Incarnation, Stamp};

    use super::*;

    fn status(leader: bool) -> RegistryStatus {
        let addr = GatewayAddr::new("gw:1").unwrap();
        let rpc = RpcAddr::new("gw:2").unwrap();
        let epoch = Epoch::new(3);
        RegistryStatus {
            gateway: GatewayRecord {
                addr: addr.clone(),
                incarnation: Incarnation::new(5),
                rpc: rpc.clone(),
            },
            role: if leader { Role::Leader } else { Role::Follower },
            leader: leader.then(|| LeaderView {
                addr: addr.clone(),
                rpc,
                epoch,
            }),
            lock_owner: Some("other\n".to_owned()),
            stamp: Stamp::new(epoch, Revision::new(9)),
            fresh: leader,
            standing: leader.then_some(Standing::Member),
            gateways: vec![MemberView {
                addr,
                joined: true,
                draining: false,
            }],
            groups_known: 4,
            assignments: leader.then_some(5),
            unreadable: 1,
            behind: 2,
            set_aside: 3,
            restored: 4,
            problem: Some("a\u{1b}b".to_owned()),
        }
    }

    #[test]
    fn json_is_one_object_whose_leader_is_null_or_an_address_and_an_epoch() {
        let json = |leader| serde_json::to_value(Status::new(&status(leader))).unwrap();
        let known = json(true);
        let expected = serde_json::json!({
            "gateway": "gw:1", "node_id": node_id(&status(true).gateway.addr).get(), "rpc": "gw:2",
            "incarnation": "0000000000000005", "role": "leader",
            "leader": {"address": "gw:1", "epoch": 3},
            "lock_owner": "other\n", "epoch": 3, "revision": 9, "fresh": true, "standing": "member",
            "gateways": [{
                "address": "gw:1", "node_id": known["node_id"], "leader": true, "joined": true,
                "draining": false,
            }],
            "groups_known": 4, "assignments": 5, "unreadable": 1, "behind": 2,
            "set_aside": 3, "restored": 4, "problem": "a\u{1b}b",
        });
        assert_eq!(known, expected);
        let unknown = json(false);
        for field in ["leader", "standing", "assignments"] {
            assert_eq!(unknown[field], serde_json::Value::Null, "{field}");
        }
    }

    #[test]
    fn whoever_has_no_standing_is_told_why() {
        let standing = |leader: bool, problem: Option<&str>| {
            let status = RegistryStatus {
                standing: None,
                problem: problem.map(str::to_owned),
                ..status(leader)
            };
            let table = Status::new(&status).table();
            let row = table
                .lines()
                .find_map(|line| line.strip_prefix("standing "));
            row.unwrap().trim().to_owned()
        };
        assert_eq!(standing(true, Some("it broke\n")), "none: it broke\\n");
        let unanswered = "none: the leader gw:1 does not answer it";
        assert_eq!(standing(true, None), unanswered);
        assert_eq!(standing(false, None), "none: it knows no leader");
    }

    #[test]
    fn nothing_that_others_say_writes_to_the_terminal_as_it_is() {
        let table = Status::new(&status(true)).table();
        assert!(
            !table.contains('\u{1b}') && table.contains("other\\n"),
            "{table}"
        );
    }
}
