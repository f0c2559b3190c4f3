use std::process::ExitCode;
use std::time::Duration;

use groupkeeper_registry::peer::{Held, Ownership};
use groupkeeper_rpc::OwnedGroups;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, Revision};
use serde::Serialize;

use super::{QueryError, answered, connect};
use crate::cli::{OutputFormat, OwnsArgs};
use crate::output::{Table, print, print_json};

/// One group in JSON.
#[derive(Debug, Serialize)]
struct Owned<'a> {
    group: &'a str,
    owned: bool,
    coordinator: Option<&'a GatewayAddr>,
    incarnation: String,
    #[serde(flatten)]
    lease: Option<Lease>,
}

#[derive(Debug, Serialize)]
struct Lease {
    epoch: Epoch,
    revision: Revision,
    left_ms: u64,
}

impl<'a> Owned<'a> {
    fn new(incarnation: Incarnation, (group, is): &'a (GroupName, Ownership)) -> Self {
        Self {
            group: group.as_str(),
            owned: is.held.is_some(),
            coordinator: is.coordinator.as_ref(),
            incarnation: incarnation.to_string(),
            lease: is.held.map(Lease::from),
        }
    }
}

impl From<Held> for Lease {
    fn from(held: Held) -> Self {
        Self {
            epoch: held.token.epoch,
            revision: held.token.revision,
            left_ms: millis(held.left),
        }
    }
}

pub(super) async fn run(args: OwnsArgs) -> Result<ExitCode, QueryError> {
    let server = &args.query.server;
    let client = connect(server).await?;
    let answer = answered(server, client.owns(&args.groups).await).await?;
    match args.query.output {
        OutputFormat::Json => print_json(&rows(&answer))?,
        OutputFormat::Table => print(&table(&answer))?,
    }
    let all = answer.groups.iter().all(|(_, is)| is.held.is_some());
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn rows(answer: &OwnedGroups) -> Vec<Owned<'_>> {
    let incarnation = answer.gateway.incarnation;
    let groups = answer.groups.iter();
    groups.map(|one| Owned::new(incarnation, one)).collect()
}

fn table(answer: &OwnedGroups) -> String {
    let mut table = Table::new(["GROUP", "OWNED", "EPOCH", "REVISION", "LEFT", "COORDINATOR"]);
    for (group, is) in &answer.groups {
        let [owned, epoch, revision, left] = match is.held {
            Some(Held { token, left }) => [
                "yes".to_owned(),
                token.epoch.to_string(),
                token.revision.to_string(),
                format!("{} ms", millis(left)),
            ],
            None => ["no", "-", "-", "-"].map(str::to_owned),
        };
        let coordinator = is.coordinator.as_ref();
        let coordinator = coordinator.map_or("not known".to_owned(), ToString::to_string);
        table.row([group.to_string(), owned, epoch, revision, left, coordinator]);
    }
    table.to_string()
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use groupkeeper_assignment_store::GatewayRecord;
    use groupkeeper_types::{RpcAddr, Stamp};

    use super::*;

    fn answer() -> OwnedGroups {
        let addr = GatewayAddr::new("gw:1").unwrap();
        let held = Held {
            token: Stamp::new(Epoch::new(2), Revision::new(7)),
            left: Duration::from_micros(1_900_999),
        };
        let own = Ownership {
            held: Some(held),
            coordinator: Some(addr.clone()),
        };
        OwnedGroups {
            gateway: GatewayRecord {
                addr,
                incarnation: Incarnation::new(7),
                rpc: RpcAddr::new("gw:2").unwrap(),
            },
            groups: [("a", own), ("b", Ownership::UNKNOWN)]
                .map(|(name, is)| (GroupName::new(name).unwrap(), is))
                .to_vec(),
        }
    }

    #[test]
    fn json_has_stable_names() {
        let answer = answer();
        let rows = rows(&answer);
        let json = serde_json::to_value(&rows).unwrap();
        let expected = serde_json::json!([
            {
                "group": "a", "owned": true, "coordinator": "gw:1",
                "incarnation": Incarnation::new(7).to_string(),
                "epoch": 2, "revision": 7, "left_ms": 1_900,
            },
            {
                "group": "b", "owned": false, "coordinator": null,
                "incarnation": Incarnation::new(7).to_string(),
            },
        ]);
        assert_eq!(json, expected);
    }

    #[test]
    fn people_see_what_is_owned_and_what_is_not() {
        let table = table(&answer());
        let lines: Vec<_> = table.lines().map(str::trim_end).collect();
        assert!(lines[1].ends_with("1900 ms  gw:1"), "{}", lines[1]);
        assert!(lines[2].ends_with("not known"), "{}", lines[2]);
    }
}
