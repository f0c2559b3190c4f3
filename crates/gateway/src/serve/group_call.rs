use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::group_turn::GroupTurn;
use super::responder::Responder;
use crate::api::{
    Flaw, Group, GroupRequest, Header, describe_groups, heartbeat, join_group, leave_group,
    offset_commit, offset_fetch, respond, sync_group,
};
use crate::groups::{Described, GroupError, Heartbeat, JoinAnswer, JoinGroup, LeaveGroup};
use crate::groups::{OffsetCommit, OffsetFetch, SyncGroup, Synced};
use crate::wire::{List, Text};

/// A call that only a group's coordinator may answer.
#[derive(Debug)]
pub(crate) struct GroupCall<'a> {
    pub(crate) header: Header,
    pub(crate) request: GroupRequest<'a>,
    pub(crate) client_id: Option<&'a str>,
}

impl GroupCall<'_> {
    /// Claims the group, has the call answered, and appends the answer: always one, and always within
    /// the limits. Dropped before that, it appends nothing.
    pub(crate) async fn finish(
        self,
        responder: &Responder,
        client_host: IpAddr,
        stop: &CancellationToken,
        out: &mut Vec<u8>,
    ) {
        let permit = responder.group_calls.try_acquire();
        let within = if permit.is_ok() {
            self.within(responder)
        } else {
            Duration::ZERO
        };
        let turn = GroupTurn {
            responder,
            client_id: self.client_id,
            client_host,
            stop,
            until: Instant::now() + within,
        };
        let (header, version) = (self.header, self.header.version);
        match self.request {
            GroupRequest::Join(group, request) => {
                let member_id = request.member_id;
                let answer = turn.join(group, &request).await;
                respond(&header, out, |w| {
                    join_group::write(w, version, member_id, &answer);
                });
            }
            GroupRequest::Sync(group, request) => {
                let answer = turn.sync(group, &request).await;
                respond(&header, out, |w| sync_group::write(w, version, &answer));
            }
            GroupRequest::Heartbeat(group, request) => {
                let answer = turn.heartbeat(group, &request).await;
                respond(&header, out, |w| heartbeat::write(w, version, &answer));
            }
            GroupRequest::Leave(group, request, named) => {
                let answer = turn.leave(group, &request).await;
                respond(&header, out, |w| {
                    leave_group::write(w, version, &named, &answer);
                });
            }
            GroupRequest::Commit(group, request, named) => {
                let answer = turn.commit(group, &request).await;
                respond(&header, out, |w| {
                    offset_commit::write(w, version, &named, &answer);
                });
            }
            GroupRequest::Fetch(asked) => {
                let calls = asked.calls.iter();
                let works = calls.map(|(group, request)| turn.fetch(*group, request));
                let answers = turn.all(works).await;
                respond(&header, out, |w| {
                    offset_fetch::write(w, version, &asked, &answers);
                });
            }
            GroupRequest::Describe(groups) => {
                let most = responder.limits.keys;
                let asked = if groups.len() > most {
                    List::EMPTY
                } else {
                    groups
                };
                let works = asked.iter().map(|group| turn.describe(group));
                let answers = turn.all(works).await;
                respond(&header, out, |w| {
                    describe_groups::write(w, version, &groups, &answers);
                });
            }
        }
    }

    /// How long claiming and answering may take.
    fn within(&self, responder: &Responder) -> Duration {
        let limits = &responder.limits;
        let act = match &self.request {
            GroupRequest::Join(_, request) => {
                let longer = request.rebalance_timeout.max(request.session_timeout);
                (longer + limits.group_call_within).min(limits.rebalance_within)
            }
            GroupRequest::Sync(..) => limits.rebalance_within,
            _ => limits.group_call_within,
        };
        limits.lookup_within + act
    }
}

/// One call each: claim, then act under the lease.
impl GroupTurn<'_> {
    async fn join(&self, group: Group<'_>, it: &JoinGroup<'_>) -> Result<JoinAnswer, GroupError> {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.join_group(call, it)).await
    }

    async fn sync(&self, group: Group<'_>, it: &SyncGroup<'_>) -> Result<Synced, GroupError> {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.sync_group(call, it)).await
    }

    async fn heartbeat(&self, group: Group<'_>, it: &Heartbeat<'_>) -> Result<(), GroupError> {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.heartbeat(call, it)).await
    }

    async fn leave(&self, group: Group<'_>, it: &LeaveGroup<'_>) -> leave_group::Left {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.leave_group(call, it)).await
    }

    async fn commit(&self, group: Group<'_>, it: &OffsetCommit<'_>) -> offset_commit::Committed {
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.commit_offsets(call, it)).await
    }

    /// Never 15: Java's consumer up to 3.x takes that, in this answer alone, for an error that no
    /// retry mends. After 16 it looks for the coordinator, and is told 15 there.
    async fn fetch(&self, group: Group<'_>, it: &OffsetFetch<'_>) -> offset_fetch::Offsets {
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

    async fn describe(&self, group: Text<'_>) -> Result<Described, GroupError> {
        let group = Flaw::default().group(group);
        let (groups, call) = self.begin(group).await?;
        let lease = call.lease.clone();
        self.act(&*lease, groups.describe_group(call)).await
    }
}
