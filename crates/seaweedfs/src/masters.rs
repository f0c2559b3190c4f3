//! What the masters say: who leads them, and which filers that one lists.
//!
//! Each answers from its own memory. A leader that is cut off names itself for up to 20 s, and lists
//! what filers are still connected to it. Only that a strict majority of all masters name one leader
//! can't be so on two sides at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Response, Status};

use crate::failure::{shown, told};
use crate::filer::endpoint;
use crate::proto::master_pb::seaweed_client::SeaweedClient;
use crate::proto::master_pb::{
    GetMasterConfigurationRequest, ListClusterNodesRequest, RaftListClusterServersRequest,
};
use crate::ring;
use crate::rule::Decider;
use crate::{SeaweedConfig, ServerAddress};

/// The most one question may take.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// So many questions in a row that are late, and the connection is made anew.
const MOST_LATE: u32 = 4;
/// How a master calls one whose vote counts.
const VOTER: &str = "Voter";

/// The filers that the masters' leader lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) leader: ServerAddress,
    pub(crate) filers: Vec<ListedFiler>,
}

/// A filer as a master lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedFiler {
    pub(crate) address: ServerAddress,
    /// The address as it is written there.
    name: String,
    /// When it connected, in nanoseconds of the master's own.
    since: i64,
}

impl Listed {
    /// The filer that decides on what belongs to a key; `None` where none is listed.
    pub(crate) fn decider(&self, key: &str) -> Option<Decider> {
        let names = self.filers.iter().map(|filer| filer.name.as_str());
        let owner = ring::owner(names, key)?;
        let filer = self.filers.iter().find(|filer| filer.name == owner)?;
        Some(Decider {
            address: filer.address.clone(),
            leader: self.leader.clone(),
            since: filer.since,
        })
    }
}

/// The masters that are configured, and one that they name besides.
#[derive(Debug)]
pub(crate) struct Masters {
    configured: Vec<Arc<Master>>,
    other: Mutex<Option<Arc<Master>>>,
    connect_timeout: Duration,
    filer_group: String,
}

impl Masters {
    pub(crate) fn new(config: &SeaweedConfig) -> Self {
        let mut addresses = config.masters.clone();
        addresses.sort();
        addresses.dedup();
        let master = |address| Arc::new(Master::new(address, config.connect_timeout));
        Self {
            configured: addresses.into_iter().map(master).collect(),
            other: Mutex::default(),
            connect_timeout: config.connect_timeout,
            filer_group: config.filer_group.clone(),
        }
    }

    /// Asks all masters who leads, and the one that most of them name for its filers.
    pub(crate) async fn ask(&self) -> Result<Listed, String> {
        let leader = self.leader().await?;
        let master = self.master_at(&leader);
        let (filers, voters) = tokio::try_join!(master.filers(&self.filer_group), master.voters())
            .map_err(|why| format!("master {leader} leads, and gives no list: {why}"))?;
        let configured = self.configured.len();
        if voters > configured {
            // Most of some of them prove nothing: the others may be most of all.
            return Err(format!(
                "there are {voters} masters, and {configured} of them configured: name all of them, \
                 as --backend seaweedfs:MASTER,MASTER,MASTER"
            ));
        }
        Ok(Listed { leader, filers })
    }

    /// The master that a strict majority of those configured name.
    async fn leader(&self) -> Result<ServerAddress, String> {
        let needed = self.configured.len() / 2 + 1;
        let ask = |master: &Arc<Master>| {
            let master = Arc::clone(master);
            async move {
                let named = master.leader().await;
                (master.address.clone(), named)
            }
        };
        let mut answers: FuturesUnordered<_> = self.configured.iter().map(ask).collect();
        let (mut votes, mut said) = (BTreeMap::<ServerAddress, usize>::new(), Vec::new());
        while let Some((master, named)) = answers.next().await {
            match named {
                Ok(leader) => {
                    let count = votes.entry(leader.clone()).or_default();
                    *count += 1;
                    if *count >= needed {
                        return Ok(leader);
                    }
                    said.push(format!("master {master} names {leader}"));
                }
                Err(why) => said.push(format!("master {master}: {why}")),
            }
        }
        said.sort();
        Err(match self.configured.len() {
            0 => "no master is configured".to_owned(),
            1 => said.concat(),
            all => format!(
                "{needed} of {all} masters must name one leader: {}",
                said.join("; ")
            ),
        })
    }

    fn master_at(&self, leader: &ServerAddress) -> Arc<Master> {
        // One that is alone can mean only itself, whatever it calls itself.
        if let [alone] = &self.configured[..] {
            return Arc::clone(alone);
        }
        let mut other = self.other.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.configured.iter().chain(other.as_ref());
        let found = known.into_iter().find(|master| master.address == *leader);
        if let Some(found) = found.cloned() {
            return found;
        }
        let master = Arc::new(Master::new(leader.clone(), self.connect_timeout));
        Arc::clone(other.insert(master))
    }
}

/// One master, and the connection to it.
#[derive(Debug)]
struct Master {
    address: ServerAddress,
    connect_timeout: Duration,
    connection: Mutex<Connection>,
}

#[derive(Debug, Default)]
struct Connection {
    channel: Option<Channel>,
    /// Questions in a row that were not answered in time.
    late: u32,
}

impl Master {
    fn new(address: ServerAddress, connect_timeout: Duration) -> Self {
        Self {
            address,
            connect_timeout,
            connection: Mutex::default(),
        }
    }

    async fn leader(&self) -> Result<ServerAddress, String> {
        let request = GetMasterConfigurationRequest {};
        let asked = self.ask(async |mut client| client.get_master_configuration(request).await);
        let leader = asked.await?.leader;
        if leader.is_empty() {
            return Err("it knows no leader".to_owned());
        }
        ServerAddress::new(&leader).map_err(|e| format!("it names {}: {e}", shown(&leader)))
    }

    async fn filers(&self, filer_group: &str) -> Result<Vec<ListedFiler>, String> {
        let request = ListClusterNodesRequest {
            client_type: "filer".to_owned(),
            filer_group: filer_group.to_owned(),
        };
        let asked = self.ask(async |mut client| client.list_cluster_nodes(request).await);
        let nodes = asked.await?.cluster_nodes;
        let filers = nodes.into_iter().filter_map(|node| {
            let found = ServerAddress::new(&node.address);
            // Every gateway passes over the same ones.
            let address = found
                .inspect_err(
                    |why| tracing::debug!(%why, "a master lists a filer that can't be asked"),
                )
                .ok()?;
            Some(ListedFiler {
                address,
                name: node.address,
                since: node.created_at_ns,
            })
        });
        Ok(filers.collect())
    }

    /// How many masters elect the leader.
    async fn voters(&self) -> Result<usize, String> {
        let request = RaftListClusterServersRequest {};
        let asked = self.ask(async |mut client| client.raft_list_cluster_servers(request).await);
        let servers = asked.await?.cluster_servers;
        match servers
            .iter()
            .filter(|server| server.suffrage == VOTER)
            .count()
        {
            0 => Err("it does not know its peers yet".to_owned()),
            voters => Ok(voters),
        }
    }

    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(SeaweedClient<Channel>) -> Result<Response<T>, Status>,
    ) -> Result<T, String> {
        let client = SeaweedClient::new(self.channel().map_err(|e| e.to_string())?);
        match timeout(ANSWER_TIMEOUT, question(client)).await {
            Ok(Ok(answer)) => {
                self.locked().late = 0;
                Ok(answer.into_inner())
            }
            Ok(Err(status)) => Err(told(&status)),
            Err(_) => {
                // The connection may be dead without anyone having said so. Not at once: one that takes long
                // to be made would never be.
                let mut connection = self.locked();
                connection.late += 1;
                if connection.late >= MOST_LATE {
                    *connection = Connection::default();
                }
                Err(format!("no answer within {ANSWER_TIMEOUT:?}"))
            }
        }
    }

    fn channel(&self) -> Result<Channel, tonic::transport::Error> {
        let mut connection = self.locked();
        if let Some(channel) = &connection.channel {
            return Ok(channel.clone());
        }
        let made = endpoint(&self.address, self.connect_timeout)?.connect_lazy();
        Ok(connection.channel.insert(made).clone())
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
