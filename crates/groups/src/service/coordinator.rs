use async_trait::async_trait;
use groupkeeper_types::Nonce;

use super::Groups;
use crate::calls::{
    Call, Described, FetchTopic, Fetched, GroupCoordinator, GroupError, Heartbeat, JoinAnswer,
    JoinGroup, LeaveGroup, NotCommitted, OffsetCommit, OffsetFetch, SyncGroup, Synced,
};
use crate::machine::{Answer, Client, Request};
use crate::store::{GroupReadError, ListedGroup};

/// Groups of a listing that are read at once.
const PAGE: usize = 1_000;

#[async_trait]
impl GroupCoordinator for Groups {
    async fn join_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a JoinGroup<'a>,
    ) -> Result<JoinAnswer, GroupError> {
        let host = format!("/{}", call.client_host);
        let client = Client {
            id: call.client_id.unwrap_or_default(),
            host: &host,
        };
        let asked = Request::Join(client, request, Nonce::random());
        match self.ask(&call, asked).await? {
            Answer::Join(answer) => answer,
            _ => Err(GroupError::Unknown),
        }
    }

    async fn sync_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a SyncGroup<'a>,
    ) -> Result<Synced, GroupError> {
        match self.ask(&call, Request::Sync(request)).await? {
            Answer::Sync(answer) => answer,
            _ => Err(GroupError::Unknown),
        }
    }

    async fn heartbeat<'a>(
        &self,
        call: Call<'a>,
        request: &'a Heartbeat<'a>,
    ) -> Result<(), GroupError> {
        match self.ask(&call, Request::Heartbeat(request)).await? {
            Answer::Done(answer) => answer,
            _ => Err(GroupError::Unknown),
        }
    }

    async fn leave_group<'a>(
        &self,
        call: Call<'a>,
        request: &'a LeaveGroup<'a>,
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        match self.ask(&call, Request::Leave(request)).await? {
            Answer::Left(answers) => Ok(answers),
            _ => Err(GroupError::Unknown),
        }
    }

    async fn commit_offsets<'a>(
        &self,
        call: Call<'a>,
        request: &'a OffsetCommit<'a>,
    ) -> Result<Vec<NotCommitted>, GroupError> {
        match self.ask(&call, Request::Commit(request)).await? {
            Answer::Committed(answer) => answer,
            _ => Err(GroupError::Unknown),
        }
    }

    async fn fetch_offsets<'a>(
        &self,
        call: Call<'a>,
        request: &'a OffsetFetch<'a>,
    ) -> Result<Vec<Fetched>, GroupError> {
        match self.ask(&call, Request::Fetch(request)).await? {
            Answer::Fetched(offsets) => Ok(offsets),
            _ => Err(GroupError::Unknown),
        }
    }

    async fn describe_group<'a>(&self, call: Call<'a>) -> Result<Described, GroupError> {
        match self.ask(&call, Request::Describe).await? {
            Answer::Described(described) => Ok(described),
            _ => Err(GroupError::Unknown),
        }
    }

    async fn delete_group<'a>(&self, call: Call<'a>) -> Result<(), GroupError> {
        match self.ask(&call, Request::Delete).await? {
            Answer::Done(answer) => answer,
            _ => Err(GroupError::Unknown),
        }
    }

    async fn delete_offsets<'a>(
        &self,
        call: Call<'a>,
        topics: &'a [FetchTopic<'a>],
    ) -> Result<Vec<NotCommitted>, GroupError> {
        match self.ask(&call, Request::DeleteOffsets(topics)).await? {
            Answer::Committed(answer) => answer,
            _ => Err(GroupError::Unknown),
        }
    }

    async fn list_groups(&self) -> Result<Vec<ListedGroup>, GroupError> {
        let store = &self.shared().store;
        let refused = |error: GroupReadError| {
            tracing::warn!(%error, "groups can't be listed");
            GroupError::CoordinatorNotAvailable
        };
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.list(after, PAGE).await.map_err(refused)?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|last| last.group.clone());
            listed.extend(page);
            if is_last {
                break;
            }
        }
        // Who is in memory here is not only known as it was written last.
        for group in &mut listed {
            let slot = self.shared().slots().get(&group.group).cloned();
            if let Some(described) = slot.and_then(|slot| slot.described()) {
                group.state = described.state;
                group.protocol_type = described.protocol_type;
            }
        }
        Ok(listed)
    }
}
