use groupkeeper_types::GroupName;

use super::group_turn::GroupTurn;
use crate::api::{
    Flaw, Group, leave_group, list_groups, offset_commit, offset_delete, offset_fetch,
};
use crate::groups::{
    Described, FetchTopic, GroupError, GroupState, Heartbeat, JoinAnswer, JoinGroup,
};
use crate::groups::{LeaveGroup, OffsetCommit, OffsetFetch, SyncGroup, Synced};
use crate::wire::Text;

/// One call each: claim, then act under the lease.
impl GroupTurn<'_> {
    pub(super) async fn join(
        &self,
        group: Group<'_>,
        it: &JoinGroup<'_>,
    ) -> Result<JoinAnswer, GroupError> {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.join_group(call, it)).await
    }

    pub(super) async fn sync(
        &self,
        group: Group<'_>,
        it: &SyncGroup<'_>,
    ) -> Result<Synced, GroupError> {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.sync_group(call, it)).await
    }

    pub(super) async fn heartbeat(
        &self,
        group: Group<'_>,
        it: &Heartbeat<'_>,
    ) -> Result<(), GroupError> {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.heartbeat(call, it)).await
    }

    pub(super) async fn leave(&self, group: Group<'_>, it: &LeaveGroup<'_>) -> leave_group::Left {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.leave_group(call, it)).await
    }

    pub(super) async fn commit(
        &self,
        group: Group<'_>,
        it: &OffsetCommit<'_>,
    ) -> offset_commit::Committed {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.commit_offsets(call, it)).await
    }

    /// Never 15: Java's consumer up to 3.x takes that, in this answer alone, for an error that no
    /// retry mends. After 16 it looks for the coordinator, and is told 15 there.
    pub(super) async fn fetch(
        &self,
        group: Group<'_>,
        it: &OffsetFetch<'_>,
    ) -> offset_fetch::Offsets {
        let fetched = async {
            let (groups, call) = self.begin(group).await?;
            let lease = call.lease.clone();
            self.act(&*lease, groups.fetch_offsets(call, it)).await
        };
        fetched.await.map_err(|error| match error {
            GroupError::CoordinatorNotAvailable => GroupError::NotCoordinator,
            other => other,
        })
    }

    pub(super) async fn describe(&self, group: Text<'_>) -> Result<Described, GroupError> {
        let group = Flaw::default().group(group);
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.describe_group(call)).await
    }

    pub(super) async fn delete(&self, group: Text<'_>) -> Result<(), GroupError> {
        let group = Flaw::default().group(group);
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.delete_group(call)).await
    }

    pub(super) async fn delete_offsets(
        &self,
        group: Group<'_>,
        topics: &[FetchTopic<'_>],
    ) -> offset_delete::Deleted {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.delete_offsets(call, topics)).await
    }

    /// The groups that this gateway owns: clients ask every gateway, and put the answers together.
    pub(super) async fn list(&self, filter: &list_groups::Filter<'_>) -> list_groups::Listing {
        if let Some(error) = filter.error {
            return Err(error);
        }
        let groups = self.groups()?;
        let mut listed = self.in_time(groups.list_groups()).await?;
        listed.retain(|it| it.state != GroupState::Dead && filter.takes(it.state));
        let owned = self.all(listed.iter().map(|it| self.owns(&it.group))).await;
        let mut shown = Vec::with_capacity(listed.len());
        for (group, owned) in listed.into_iter().zip(owned) {
            if owned? {
                shown.push(group);
            }
        }
        Ok(shown)
    }

    async fn owns(&self, group: &GroupName) -> Result<bool, GroupError> {
        match self.in_time(self.claim(group)).await {
            Ok(_) => Ok(true),
            Err(GroupError::NotCoordinator) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
