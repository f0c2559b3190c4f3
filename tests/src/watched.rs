use std::time::Duration;

use groupkeeper_rpc::DirectoryClient;
use groupkeeper_types::{GroupName, RpcAddr, Timing};
use tokio::time::Instant;

use crate::eventually;

/// A gateway that is asked over one connection again and again, without a process for each question.
#[derive(Debug)]
pub struct Watched(DirectoryClient);

/// How a gateway sees its own lease, at the default timing.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// The earliest moment at which the heartbeat was sent that renewed it last.
    pub renewed: Instant,
    /// When its leader may take it for over: W, the leader's wait, after that heartbeat.
    pub over: Instant,
}

impl Watched {
    /// Connects to a gateway's RPC address.
    ///
    /// # Panics
    /// When it does not answer within a minute.
    pub async fn connect(rpc: &str) -> Self {
        let rpc = RpcAddr::new(rpc).expect("an address");
        eventually(&format!("{rpc} answers"), async || {
            let client = DirectoryClient::connect(&rpc, Duration::from_secs(5)).await;
            Some(Self(client.ok()?.with_deadline(Duration::from_secs(5))))
        })
        .await
    }

    /// Who leads, as it sees it.
    pub async fn leader(&self) -> Option<String> {
        let status = self.0.stats().await.ok()?;
        status
            .fresh
            .then_some(status.leader?.addr.as_str().to_owned())
    }

    /// All groups that have a coordinator, and how many of their stored assignments are still to be
    /// rewritten: at a leader that has loaded them.
    pub async fn groups(&self) -> Option<(usize, usize)> {
        let status = self.0.stats().await.ok()?;
        Some((status.assignments?, status.behind))
    }

    /// Waits until it may act as this group's coordinator, and has just sent a heartbeat: the next is
    /// most of a heartbeat's time away.
    ///
    /// # Panics
    /// When that does not come within a minute, or the group's name is none.
    pub async fn has_just_beaten(&self, group: &str) -> Lease {
        let group = [GroupName::new(group).expect("a group's name")];
        let timing = Timing::default();
        eventually(
            "a gateway owns a group and has just sent a heartbeat",
            async || {
                let asked = Instant::now();
                let owned = self.0.owns(&group).await.ok()?;
                let left = owned.groups.first()?.1.held?.left;
                let since = timing.lease.checked_sub(left)?;
                let renewed = asked.checked_sub(since)?;
                (since < timing.heartbeat_every / 4).then_some(Lease {
                    renewed,
                    over: renewed + timing.wait(),
                })
            },
        )
        .await
    }
}
