use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, LeaderRecord, Listed, WriteError,
};
use groupkeeper_registry::peer::{PeerError, Peers as _};
use groupkeeper_rpc::{GrpcPeers, RpcTimeouts};
use groupkeeper_types::{GatewayAddr, GroupName, Nonce, RpcAddr, WallTime};
use tokio::task::JoinSet;

use super::Fleet;
use crate::{Stored, eventually};

/// What a leader that was paused may still try to write: any commit that follows the record as it last
/// wrote it, which is all that a leader ever writes.
#[derive(Debug)]
pub struct StaleWrites {
    store: Arc<dyn AssignmentStore>,
    last: LeaderRecord,
    own: GatewayAddr,
}

/// How many of these go at once.
const AT_ONCE: usize = 16;

impl StaleWrites {
    /// Those of a leader that has been paused, and has no successor yet.
    ///
    /// # Panics
    /// When the record is another one's, or can't be read.
    pub async fn of_the_leader<S: Stored>(fleet: &Fleet<S>, place: usize) -> Self {
        let store = fleet.cluster.store();
        let last = store.record().await.expect("the record can be read");
        let last = last.expect("there is a leader");
        let own = GatewayAddr::new(&fleet.nodes[place].addr).expect("an address");
        assert_eq!(last.leader, own, "it has no successor yet");
        Self { store, last, own }
    }

    /// Tries so many, each until it is refused for good, and returns how many were taken.
    ///
    /// # Panics
    /// When the store neither takes nor refuses one within a minute.
    pub async fn try_at_the_store(&self, count: usize) -> usize {
        let record = self.store.record().await.expect("the record can be read");
        let record = record.expect("there is a leader");
        assert!(record.epoch > self.last.epoch, "it has a successor");
        let tries = (0..count).map(|number| self.try_one(number));
        let taken = futures_util::stream::iter(tries).buffer_unordered(AT_ONCE);
        taken
            .filter(|taken| std::future::ready(*taken))
            .count()
            .await
    }

    /// Every second one is about a group that it had, or another had; the rest are new.
    async fn try_one(&self, number: usize) -> bool {
        let group = if number.is_multiple_of(2) {
            crate::names(super::fleet::GROUPS)[number / 2 % super::fleet::GROUPS].clone()
        } else {
            format!("stale-{number}")
        };
        let next = LeaderRecord {
            revision: self.last.revision.next(),
            nonce: Nonce::random(),
            ..self.last.clone()
        };
        let change = Change::Assign(Assignment {
            group: GroupName::new(&group).expect("a name"),
            coordinator: self.own.clone(),
            stamp: next.stamp(),
            assigned_at: WallTime::EPOCH,
        });
        let commit = Commit::new(self.last.clone(), next, vec![change]).expect("one change");
        eventually("a stale write is taken or refused", async || {
            match self.store.commit(&commit).await {
                Ok(()) => Some(true),
                Err(WriteError::Stale { .. }) => Some(false),
                Err(_) => None,
            }
        })
        .await
    }

    /// How many assignments the store has that the leader decided after it was paused.
    ///
    /// # Panics
    /// When they can't be listed within a minute.
    pub async fn found(&self) -> usize {
        eventually("all assignments are listed", async || {
            let listed: Vec<_> = self.store.list().collect().await;
            let mut found = 0;
            for one in listed {
                match one.ok()? {
                    Listed::Assignment(stored) => {
                        let late = stored.stamp > self.last.stamp();
                        found += usize::from(late && stored.stamp.epoch == self.last.epoch);
                    }
                    Listed::Unreadable { name, why, .. } => panic!("{name}: {why}"),
                }
            }
            Some(found)
        })
        .await
    }
}

/// What became of questions that only a leader answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// It decided.
    pub decided: usize,
    /// It said that it may not, or can't.
    pub refused: usize,
    /// It said nothing.
    pub silent: usize,
}

/// Asks one gateway, as the leader, to assign so many new groups. The questions are on their way when
/// this returns, and its future waits for the answers.
///
/// # Panics
/// When the gateway's address is none.
pub fn ask_all<S>(
    fleet: &Fleet<S>,
    place: usize,
    count: usize,
) -> impl Future<Output = Asked> + use<S> {
    /// As many as a connection takes before the gateway has said a word.
    const OF_A_CONNECTION: usize = 100;
    let rpc = RpcAddr::new(fleet.nodes[place].serve.rpc()).expect("an address");
    let patient = Duration::from_secs(30);
    let timeouts = RpcTimeouts {
        connect: patient,
        assign: patient,
        keepalive: patient,
        keepalive_answer: patient,
        ..RpcTimeouts::default()
    };
    let mut tasks = JoinSet::new();
    let numbers: Vec<usize> = (0..count).collect();
    for numbers in numbers.chunks(OF_A_CONNECTION) {
        let peers = GrpcPeers::new(timeouts);
        for number in numbers {
            let leader = peers.at(&rpc);
            let group = GroupName::new(&format!("waiting-{number}")).expect("a name");
            tasks.spawn(async move { leader.assign(group).await });
        }
    }
    async move {
        let mut asked = Asked::default();
        for answer in tasks.join_all().await {
            match answer {
                Ok(_) => asked.decided += 1,
                Err(PeerError::Unreachable { .. }) => asked.silent += 1,
                Err(_) => asked.refused += 1,
            }
        }
        asked
    }
}
