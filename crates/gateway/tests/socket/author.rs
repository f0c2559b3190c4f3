use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use groupkeeper_gateway::{
    Call, Described, FetchTopic, Fetched, FixedLease, GroupCoordinator, GroupError, Heartbeat,
    JoinAnswer, JoinGroup, Joined, LeaveGroup, ListedGroup, NotCommitted, OffsetCommit,
    OffsetFetch, SyncGroup, Synced,
};
use groupkeeper_types::Stamp;
use tokio::sync::Semaphore;

/// Serves groups as a test wants: each call waits for leave to end, and may end the lease first.
#[derive(Debug)]
pub(crate) struct Author {
    /// One permit lets one call end.
    pub(crate) leave: Semaphore,
    /// Ended when a call is answered.
    pub(crate) ends: Option<Arc<FixedLease>>,
    running: AtomicUsize,
    done: AtomicUsize,
    token: std::sync::Mutex<Option<Stamp>>,
}

struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Author {
    pub(crate) fn new(leave: usize) -> Self {
        Self {
            leave: Semaphore::new(leave),
            ends: None,
            running: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            token: std::sync::Mutex::new(None),
        }
    }

    /// How many calls came to their end.
    pub(crate) fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    /// The token of the last call.
    pub(crate) fn token(&self) -> Option<Stamp> {
        *self.token.lock().unwrap()
    }

    pub(crate) async fn until_running(&self, count: usize) {
        while self.running.load(Ordering::SeqCst) != count {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    async fn work<T>(&self, call: &Call<'_>, answer: T) -> Result<T, GroupError> {
        *self.token.lock().unwrap() = Some(call.lease.token());
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(&self.running);
        self.leave.acquire().await.unwrap().forget();
        if let Some(lease) = &self.ends {
            lease.end();
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(answer)
    }
}

#[async_trait]
impl GroupCoordinator for Author {
    async fn join_group<'a>(
        &self,
        call: Call<'a>,
        _: &'a JoinGroup<'a>,
    ) -> Result<JoinAnswer, GroupError> {
        let joined = JoinAnswer::Joined(Joined::default());
        self.work(&call, joined).await
    }

    async fn sync_group<'a>(
        &self,
        call: Call<'a>,
        _: &'a SyncGroup<'a>,
    ) -> Result<Synced, GroupError> {
        self.work(&call, Synced::default()).await
    }

    async fn heartbeat<'a>(&self, call: Call<'a>, _: &'a Heartbeat<'a>) -> Result<(), GroupError> {
        self.work(&call, ()).await
    }

    async fn leave_group<'a>(
        &self,
        call: Call<'a>,
        it: &'a LeaveGroup<'a>,
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        self.work(&call, vec![Ok(()); it.members.len()]).await
    }

    async fn commit_offsets<'a>(
        &self,
        call: Call<'a>,
        _: &'a OffsetCommit<'a>,
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.work(&call, Vec::new()).await
    }

    async fn fetch_offsets<'a>(
        &self,
        call: Call<'a>,
        _: &'a OffsetFetch<'a>,
    ) -> Result<Vec<Fetched>, GroupError> {
        self.work(&call, Vec::new()).await
    }

    async fn describe_group<'a>(&self, call: Call<'a>) -> Result<Described, GroupError> {
        self.work(&call, Described::dead()).await
    }

    async fn delete_group<'a>(&self, call: Call<'a>) -> Result<(), GroupError> {
        self.work(&call, ()).await
    }

    async fn delete_offsets<'a>(
        &self,
        call: Call<'a>,
        _: &'a [FetchTopic<'a>],
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.work(&call, Vec::new()).await
    }

    async fn list_groups(&self) -> Result<Vec<ListedGroup>, GroupError> {
        Ok(Vec::new())
    }
}
