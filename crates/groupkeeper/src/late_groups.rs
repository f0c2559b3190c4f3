use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use groupkeeper_groups::{
    Call, Described, FetchTopic, Fetched, GroupCoordinator, GroupError, Groups, Heartbeat,
    JoinAnswer, JoinGroup, LeaveGroup, ListedGroup, NotCommitted, OffsetCommit, OffsetFetch,
    SyncGroup, Synced,
};

/// Who serves groups, as soon as the store is open. The ports open before; until then no group is
/// owned here, so nobody is refused by this.
#[derive(Debug, Default)]
pub(crate) struct LateGroups(OnceLock<Arc<Groups>>);

impl LateGroups {
    /// Serves from now on. Only the first one counts.
    pub(crate) fn start(&self, groups: Groups) {
        drop(self.0.set(Arc::new(groups)));
    }

    fn groups(&self) -> Result<&Groups, GroupError> {
        let groups = self.0.get();
        groups
            .map(Arc::as_ref)
            .ok_or(GroupError::CoordinatorNotAvailable)
    }
}

#[async_trait]
impl GroupCoordinator for LateGroups {
    async fn join_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a JoinGroup<'a>,
    ) -> Result<JoinAnswer, GroupError> {
        self.groups()?.join_group(call, request).await
    }

    async fn sync_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a SyncGroup<'a>,
    ) -> Result<Synced, GroupError> {
        self.groups()?.sync_group(call, request).await
    }

    async fn heartbeat<'a>(
        &self,
        call: Call<'a>,
        request: &'a Heartbeat<'a>,
    ) -> Result<(), GroupError> {
        self.groups()?.heartbeat(call, request).await
    }

    async fn leave_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a LeaveGroup<'a>,
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        self.groups()?.leave_group(call, request).await
    }

    async fn commit_offsets<'a>(
        &self,
        call: Call<'a>,
        request: &'a OffsetCommit<'a>,
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.groups()?.commit_offsets(call, request).await
    }

    async fn fetch_offsets<'a>(
        &self,
        call: Call<'a>,
        request: &'a OffsetFetch<'a>,
    ) -> Result<Vec<Fetched>, GroupError> {
        self.groups()?.fetch_offsets(call, request).await
    }

    async fn describe_group<'a>(&self, call: Call<'a>) -> Result<Described, GroupError> {
        self.groups()?.describe_group(call).await
    }

    async fn delete_group<'a>(&self, call: Call<'a>) -> Result<(), GroupError> {
        self.groups()?.delete_group(call).await
    }

    async fn delete_offsets<'a>(
        &self,
        call: Call<'a>,
        topics: &'a [FetchTopic<'a>],
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.groups()?.delete_offsets(call, topics).await
    }

    async fn list_groups(&self) -> Result<Vec<ListedGroup>, GroupError> {
        self.groups()?.list_groups().await
    }
}
