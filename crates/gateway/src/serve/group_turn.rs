use std::net::IpAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use groupkeeper_registry::NotOwner;
use groupkeeper_types::GroupName;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::responder::Responder;
use crate::api::Group;
use crate::groups::{Call, GroupCoordinator, GroupError, Lease};

/// How soon a call that waits notices that its lease was lost.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// One request's turn at acting: which groups may be acted for, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupTurn<'a> {
    pub(crate) responder: &'a Responder,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) client_host: IpAddr,
    pub(crate) stop: &'a CancellationToken,
    /// When all of it is over, groups of a batch together.
    pub(crate) until: Instant,
}

impl<'a> GroupTurn<'a> {
    /// Leave to act for a group, and who acts.
    ///
    /// # Errors
    /// What stands for the call as a whole, 24 for a name that no group can have, 16 where another gateway owns it, and 15 where that can't
    /// be told or nobody serves groups here.
    pub(crate) async fn begin(
        &self,
        group: Group<'_>,
    ) -> Result<(&'a dyn GroupCoordinator, Call<'a>), GroupError> {
        let group = GroupName::new(group?).map_err(|_| GroupError::InvalidGroupId)?;
        let lease = self.in_time(self.claim(&group)).await?;
        let groups = self.groups()?;
        let call = Call {
            lease,
            client_id: self.client_id,
            client_host: self.client_host,
        };
        Ok((groups, call))
    }

    /// Who serves groups here.
    ///
    /// # Errors
    /// 15 where nobody does.
    pub(crate) fn groups(&self) -> Result<&'a dyn GroupCoordinator, GroupError> {
        let groups = self.responder.groups.as_deref();
        groups.ok_or(GroupError::CoordinatorNotAvailable)
    }

    /// Work that needs no lease, for as long as there is time.
    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, GroupError>>,
    ) -> Result<T, GroupError> {
        if Instant::now() >= self.until {
            return Err(GroupError::CoordinatorNotAvailable);
        }
        tokio::select! {
            biased;
            done = work => done,
            () = self.over() => Err(GroupError::CoordinatorNotAvailable),
        }
    }

    pub(crate) async fn claim(&self, group: &GroupName) -> Result<Arc<dyn Lease>, GroupError> {
        let mut claim = self.responder.coordinators.claim(group);
        // Most groups are owned or known to be another's, and that is no look-up.
        let at_once = std::future::poll_fn(|cx| Poll::Ready(claim.as_mut().poll(cx))).await;
        let claimed = match at_once {
            Poll::Ready(claimed) => claimed,
            Poll::Pending => {
                let permit = self.responder.lookups.try_acquire();
                let _permit = permit.map_err(|_| GroupError::CoordinatorNotAvailable)?;
                timeout(self.responder.limits.lookup_within, claim)
                    .await
                    .map_err(|_| GroupError::CoordinatorNotAvailable)?
            }
        };
        claimed.map_err(|why| match why {
            NotOwner::NotCoordinator { .. } => GroupError::NotCoordinator,
            NotOwner::NotAvailable { .. } => GroupError::CoordinatorNotAvailable,
        })
    }

    /// Runs the author's work for as long as the lease is valid and there is time. An answer that comes
    /// after the lease is dropped: the group may be another gateway's by then, and the client must hear
    /// it from that one.
    pub(crate) async fn act<T>(
        &self,
        lease: &dyn Lease,
        work: impl Future<Output = Result<T, GroupError>>,
    ) -> Result<T, GroupError> {
        let answer = tokio::select! {
            biased;
            answer = work => answer,
            () = lost(lease) => return Err(GroupError::NotCoordinator),
            () = self.over() => return Err(GroupError::CoordinatorNotAvailable),
        };
        if lease.is_valid() {
            answer
        } else {
            Err(GroupError::NotCoordinator)
        }
    }

    /// Ends when the time is up, or half the grace after the listener was told to stop.
    async fn over(&self) {
        let stopped = async {
            self.stop.cancelled().await;
            sleep(self.responder.limits.grace / 2).await;
        };
        tokio::select! {
            () = sleep_until(self.until) => {}
            () = stopped => {}
        }
    }

    /// The outcomes of a batch in its order, a few at a time.
    pub(crate) async fn all<F: Future>(
        &self,
        works: impl ExactSizeIterator<Item = F>,
    ) -> Vec<F::Output> {
        let mut outcomes = Vec::with_capacity(works.len());
        let mut running = FuturesOrdered::new();
        for work in works {
            if running.len() >= self.responder.limits.lookups_per_request {
                outcomes.extend(running.next().await);
            }
            running.push_back(work);
        }
        while let Some(outcome) = running.next().await {
            outcomes.push(outcome);
        }
        outcomes
    }
}

async fn lost(lease: &dyn Lease) {
    while lease.is_valid() {
        sleep(LOOK_AGAIN).await;
    }
}
