use std::sync::Arc;

use anyhow::{Result, ensure};
use groupkeeper_tests::{GoGateways, Serve, WeedCluster, eventually};

use super::targets::Target;
use crate::book::Book;

/// Two of ours on a store, one of which leads.
#[derive(Debug)]
pub(super) struct Fleet {
    groups: Vec<String>,
    leader: (Serve, Book),
    follower: (Serve, Book),
}

impl Fleet {
    /// Starts them, and asks both for these groups.
    ///
    /// # Errors
    /// When they don't name the same coordinators, or name strangers.
    pub(super) async fn start(cluster: &WeedCluster, groups: &[String]) -> Result<Self> {
        let backend = format!("--backend=seaweedfs:{}", cluster.master());
        // Apart from the reference, which runs on the same store.
        let start = || Serve::start(&[&backend, "--fleet=bench"]);
        let leader = start();
        leader.knows(1).await;
        let follower = start();
        leader.knows(2).await;
        follower.knows(2).await;
        let leads = leader.leader().await;
        ensure!(
            leads.is_some_and(|(addr, _)| addr == leader.kafka()),
            "the first gateway does not lead"
        );
        let books = (
            Book::read(leader.kafka(), groups).await?,
            Book::read(follower.kafka(), groups).await?,
        );
        let known = [leader.kafka(), follower.kafka()];
        for ((group, at), other) in groups
            .iter()
            .zip(&books.0.coordinators)
            .zip(&books.1.coordinators)
        {
            ensure!(at == other, "{group} is at {at} and at {other}");
            ensure!(
                known.contains(&at.as_str()),
                "{group} is at a stranger: {at}"
            );
        }
        Ok(Self {
            groups: groups.to_vec(),
            leader: (leader, books.0),
            follower: (follower, books.1),
        })
    }

    pub(super) fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The leader and the follower.
    pub(super) fn targets(&self) -> [Target; 2] {
        let target = |name, (serve, book): &(Serve, Book)| Target {
            name,
            addr: serve.kafka().to_owned(),
            process_id: serve.process_id(),
            book: Arc::clone(&book.exchanges),
        };
        [
            target("ours, leader", &self.leader),
            target("ours, follower", &self.follower),
        ]
    }
}

/// Two of the reference's gateways on a store, one of which leads.
#[derive(Debug)]
pub(super) struct Reference {
    leader: (String, Book),
    follower: (String, Book),
    process_ids: [u32; 2],
    _gateways: GoGateways,
}

impl Reference {
    /// Starts them, and asks both for these groups.
    ///
    /// # Errors
    /// When one has no answer.
    pub(super) async fn start(
        mut gateways: GoGateways,
        cluster: &WeedCluster,
        groups: &[String],
    ) -> Result<Self> {
        let leader = gateways.start_gateway(cluster).await;
        // Only one that leads writes what it gave out.
        let first = groups.first().map_or("first", String::as_str);
        let file = format!("{first}_assignments.json");
        eventually("the reference gives groups out", async || {
            let mut asked = crate::connection::Connection::open(leader.as_str())
                .await
                .ok()?;
            asked.ask(first).await.ok()?;
            let files = cluster.assignment_files().await;
            files.contains_key(&file).then_some(())
        })
        .await;
        let follower = gateways.start_gateway(cluster).await;
        let book = Book::read(leader.as_str(), groups).await?;
        let other = Book::read(follower.as_str(), groups).await?;
        Ok(Self {
            process_ids: [&leader, &follower].map(|addr| gateways.process_id(addr)),
            leader: (leader.to_string(), book),
            follower: (follower.to_string(), other),
            _gateways: gateways,
        })
    }

    /// For how many groups both name the same coordinator.
    pub(super) fn agreed(&self) -> usize {
        let coordinators = &self.leader.1.coordinators;
        let pairs = coordinators.iter().zip(&self.follower.1.coordinators);
        pairs.filter(|(at, other)| at == other).count()
    }

    /// The leader and the follower.
    pub(super) fn targets(&self) -> [Target; 2] {
        let target = |name, (addr, book): &(String, Book), process_id| Target {
            name,
            addr: addr.clone(),
            process_id,
            book: Arc::clone(&book.exchanges),
        };
        let [leads, follows] = self.process_ids;
        [
            target("reference, leader", &self.leader, leads),
            target("reference, follower", &self.follower, follows),
        ]
    }
}
