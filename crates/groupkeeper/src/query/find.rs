use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use groupkeeper_hashing::node_id;
use groupkeeper_registry::peer::{Decision, PeerError};
use groupkeeper_rpc::DirectoryClient;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Revision};
use serde::Serialize;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{QueryError, connect, is_gateway};
use crate::cli::{FindArgs, OutputFormat};
use crate::output::{Table, print, print_json};

/// Questions under way at a time: well below what a gateway takes on one connection.
const AT_ONCE: usize = 256;

/// How long to wait before asking again for what was not available.
const PAUSE: Duration = Duration::from_millis(200);

/// One group's answer in JSON.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Known {
        group: &'a str,
        coordinator: &'a GatewayAddr,
        node_id: i32,
        epoch: Epoch,
        revision: Revision,
    },
    Unknown {
        group: &'a str,
        /// Always null.
        coordinator: (),
        error: String,
    },
}

pub(super) async fn run(args: FindArgs) -> Result<ExitCode, QueryError> {
    let client = connect(&args.query.server).await?;
    let answers = ask(&client, &args.groups, args.wait).await?;
    let asked = || args.groups.iter().zip(&answers);
    match args.query.output {
        OutputFormat::Json => {
            let answers = asked().map(|(group, answer)| Answer::new(group, answer));
            print_json(&answers.collect::<Vec<_>>())?;
        }
        OutputFormat::Table => {
            let decided: Vec<_> = answers.iter().flatten().collect();
            if !decided.is_empty() {
                print(&table(&decided))?;
            }
        }
    }
    let missing: Vec<_> = asked()
        .filter_map(|(group, answer)| Some((group, answer.as_ref().err()?)))
        .collect();
    if missing.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    complain(&missing, args.groups.len());
    Ok(ExitCode::FAILURE)
}

/// Asks for all groups, and then again for those that were not available, until time is up. Each is
/// asked for at least once.
///
/// # Errors
/// When it is no gateway that was asked.
async fn ask(
    client: &DirectoryClient,
    groups: &[GroupName],
    wait: Duration,
) -> Result<Vec<Result<Decision, PeerError>>, QueryError> {
    let end = Instant::now() + wait;
    let mut first_call = end.max(Instant::now() + super::DEADLINE);
    let mut looked = false;
    let unasked = || Err(PeerError::not_available("it was not asked"));
    let mut answers: Vec<_> = groups.iter().map(|_| unasked()).collect();
    loop {
        let retryable =
            |answer: &Result<_, PeerError>| matches!(answer, Err(e) if e.is_retryable());
        let open = answers
            .iter()
            .enumerate()
            .filter(|(_, answer)| retryable(answer));
        let open: Vec<usize> = open.map(|(place, _)| place).collect();
        let call_end = std::mem::replace(&mut first_call, end);
        let mut calls = stream::iter(open.iter().copied())
            .map(|place| async move {
                let call = timeout_at(call_end, client.find(&groups[place]));
                (place, call.await)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((place, answer)) = calls.next().await {
            // A call that ran out of time says less than the answer before it.
            if let Ok(answer) = answer {
                answers[place] = answer.map(|found| found.decision);
            }
        }
        if !std::mem::replace(&mut looked, true)
            && let Some(Err(error)) = answers.first()
        {
            is_gateway(client.addr(), error).await?;
        }
        let again = Instant::now() + PAUSE;
        if again >= end || !answers.iter().any(retryable) {
            return Ok(answers);
        }
        sleep_until(again).await;
    }
}

fn table(decided: &[&Decision]) -> String {
    let mut table = Table::new(["GROUP", "COORDINATOR", "NODE", "EPOCH", "REVISION"]);
    for decision in decided {
        table.row([
            decision.group.to_string(),
            decision.coordinator.to_string(),
            node_id(&decision.coordinator).to_string(),
            decision.stamp.epoch.to_string(),
            decision.stamp.revision.to_string(),
        ]);
    }
    table.to_string()
}

/// Names the groups without an answer, by reason. The log may be off; this is a result.
fn complain(missing: &[(&GroupName, &PeerError)], asked: usize) {
    let mut by_reason = BTreeMap::<String, Vec<String>>::new();
    for (group, error) in missing {
        let groups = by_reason.entry(error.to_string()).or_default();
        groups.push(group.to_string());
    }
    let mut text = format!(
        "error: no coordinator for {} of {asked} groups\n",
        missing.len()
    );
    for (reason, groups) in by_reason {
        text.push_str(&format!("  {reason}: {}\n", groups.join(" ")));
    }
    // Where nobody reads, nobody is to be told.
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

impl<'a> Answer<'a> {
    fn new(group: &'a GroupName, answer: &'a Result<Decision, PeerError>) -> Self {
        match answer {
            Ok(decision) => Self::Known {
                group: decision.group.as_str(),
                coordinator: &decision.coordinator,
                node_id: node_id(&decision.coordinator).get(),
                epoch: decision.stamp.epoch,
                revision: decision.stamp.revision,
            },
            Err(error) => Self::Unknown {
                group: group.as_str(),
                coordinator: (),
                error: error.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::Stamp;

    use super::*;

    #[test]
    fn json_has_stable_names_and_null_for_what_is_not_known() {
        let group = GroupName::new("a\tb").unwrap();
        let decided = Ok(Decision {
            group: group.clone(),
            coordinator: GatewayAddr::new("127.0.0.1:9092").unwrap(),
            stamp: Stamp::new(Epoch::new(2), Revision::new(7)),
        });
        let json = serde_json::to_string(&Answer::new(&group, &decided)).unwrap();
        let expected = r#"{"group":"a\tb","coordinator":"127.0.0.1:9092","node_id":2102329675,"epoch":2,"revision":7}"#;
        assert_eq!(json, expected);

        let missing = Err(PeerError::not_available("no leader"));
        let json = serde_json::to_string(&Answer::new(&group, &missing)).unwrap();
        let expected = r#"{"group":"a\tb","coordinator":null,"error":"not known now: no leader"}"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn a_group_can_t_break_its_line() {
        let decision = Decision {
            group: GroupName::new("a\nb").unwrap(),
            coordinator: GatewayAddr::new("gw:1").unwrap(),
            stamp: Stamp::ZERO,
        };
        assert_eq!(table(&[&decision]).lines().count(), 2);
    }
}
