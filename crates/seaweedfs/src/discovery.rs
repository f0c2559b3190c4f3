//! Which filers there are, and which of them decides.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use crate::failure::shown;
use crate::filer::endpoint;
use crate::proto::master_pb::ListClusterNodesRequest;
use crate::proto::master_pb::seaweed_client::SeaweedClient;
use crate::routing::find_owner;
use crate::shared::Shared;
use crate::{SeaweedConfig, ServerAddress};

/// The most one question may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// The least time between two rounds, whatever fails.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);

/// Keeps the filers known until it is dropped.
pub(crate) async fn keep_discovering(shared: Arc<Shared>) {
    loop {
        discover(&shared).await;
        sleep(SHORTEST_PAUSE).await;
        // While no filer is known there is nothing to wait for.
        let patience = if shared.filers.all().is_empty() {
            SHORTEST_PAUSE
        } else {
            shared
                .config()
                .refresh_interval
                .saturating_sub(SHORTEST_PAUSE)
        };
        // A failure asks for a round sooner; running out of patience starts one as well.
        let _ = timeout(patience, shared.filers.refresh_wanted()).await;
    }
}

async fn discover(shared: &Shared) {
    let config = shared.config();
    let answers = join_all(
        config
            .masters
            .iter()
            .map(|master| ask_master(master, config)),
    )
    .await;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for (master, answer) in config.masters.iter().zip(answers) {
        match answer {
            // A master that follows another one may know of no filer.
            Ok(filers) if filers.is_empty() => {
                failures.push(format!("master {master} knows of no filer"));
            }
            Ok(filers) => found.extend(filers),
            Err(why) => failures.push(format!("master {master}: {why}")),
        }
    }
    if found.is_empty() {
        if failures.is_empty() {
            failures.push("no master is configured".to_owned());
        }
        let why = failures.join("; ");
        tracing::debug!(why, "no filer was found; those known stay");
        shared.filers.not_found(why);
    }
    let filers = shared.filers.updated(found);
    // Who decides is asked before the list is published: the first call shall find both.
    find_owner(shared, &filers).await;
    shared.filers.publish(filers);
}

async fn ask_master(
    master: &ServerAddress,
    config: &SeaweedConfig,
) -> Result<Vec<ServerAddress>, String> {
    let request = ListClusterNodesRequest {
        client_type: "filer".to_owned(),
        filer_group: config.filer_group.clone(),
    };
    let ask = async {
        // A fresh connection each time: rare enough, and never a dead one.
        let channel = endpoint(master, config.connect_timeout)?.connect().await?;
        let answer = SeaweedClient::new(channel)
            .list_cluster_nodes(request)
            .await;
        Ok::<_, tonic::transport::Error>(answer)
    };
    let answer = timeout(ANSWER_TIMEOUT, ask)
        .await
        .map_err(|_| format!("no answer within {ANSWER_TIMEOUT:?}"))?
        .map_err(|e| with_causes(&e))?
        .map_err(|status| format!("{:?}: {}", status.code(), shown(status.message())))?;
    let nodes = answer.into_inner().cluster_nodes;
    Ok(nodes
        .iter()
        .filter_map(|node| match ServerAddress::new(&node.address) {
            Ok(address) => Some(address),
            Err(why) => {
                tracing::warn!(%master, %why, "a master names a filer that can't be asked");
                None
            }
        })
        .collect())
}

/// A transport error says only "transport error": the reason is in its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
