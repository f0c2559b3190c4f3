use std::sync::Arc;

use anyhow::{Result, ensure};
use groupkeeper_tests::{GoGateways, WeedCluster};

use super::fleet::{Fleet, Reference};
use crate::book::Book;
use crate::echo::Echo;
use crate::frames::{Exchange, REQUEST_ID_AT, request};
use crate::settings::Settings;

/// One server that is asked.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: &'static str,
    pub(super) addr: String,
    pub(super) process_id: u32,
    /// What it is asked, and what it must answer.
    pub(super) book: Arc<Vec<Exchange>>,
}

/// All servers of the run. They end with this value.
#[derive(Debug)]
pub(super) struct Targets {
    echo: Echo,
    echo_book: Arc<Vec<Exchange>>,
    ours: Fleet,
    /// Ends before its store does.
    theirs: Reference,
    _cluster: WeedCluster,
}

impl Targets {
    /// Starts the store and every server on it, and lets each give out the groups.
    ///
    /// # Errors
    /// When one does not answer as it must.
    pub(super) async fn start(settings: &Settings) -> Result<Self> {
        let groups = groups(if settings.quick { 20 } else { 1_000 });
        let cluster = WeedCluster::start(1).await;
        let ours = Fleet::start(&cluster, &groups).await?;
        let theirs = Reference::start(GoGateways::start(&cluster).await, &cluster, &groups).await?;
        let echo = Echo::start().await?;
        let echoed = groups.iter().map(|group| {
            let request = request(group, 0);
            let (answer, id_at) = (request.clone(), REQUEST_ID_AT);
            Exchange {
                request,
                answer,
                id_at,
            }
        });
        Ok(Self {
            echo_book: Arc::new(echoed.collect()),
            echo,
            ours,
            theirs,
            _cluster: cluster,
        })
    }

    /// The echo server first.
    pub(super) fn list(&self) -> Result<Vec<Target>> {
        let echo = Target {
            name: "echo server",
            addr: self.echo.addr().to_owned(),
            process_id: self.echo.process_id()?,
            book: Arc::clone(&self.echo_book),
        };
        let mut list = vec![echo];
        list.extend(self.ours.targets());
        list.extend(self.theirs.targets());
        Ok(list)
    }

    /// Asks both of ours for all groups once more: nothing may have moved meanwhile.
    ///
    /// # Errors
    /// When one says something else than at the start.
    pub(super) async fn still_right(&self) -> Result<()> {
        for target in self.ours.targets() {
            let book = Book::read(&target.addr, self.ours.groups()).await?;
            let same = book.answers().eq(target.book.iter().map(|e| &e.answer));
            ensure!(same, "{} names other coordinators than before", target.name);
        }
        Ok(())
    }

    /// What the gateways of each system said, compared.
    pub(super) fn findings(&self) -> Vec<String> {
        let count = self.ours.groups().len();
        vec![format!(
            "Every answer was compared, byte by byte, with what that server had said before. Groups \
             for which leader and follower named the same coordinator: {count} of {count} with \
             ours, and {} of {count} with the reference.",
            self.theirs.agreed()
        )]
    }
}

fn groups(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("bench-group-{n:05}")).collect()
}
