use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::group_turn::GroupTurn;
use super::responder::Responder;
use crate::api::{
    GroupRequest, Header, delete_groups, describe_groups, heartbeat, join_group, leave_group,
    list_groups, offset_commit, offset_delete, offset_fetch, respond, sync_group,
};

/// A call that whoever serves groups answers.
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
                let asked = responder.bounded(groups);
                let works = asked.iter().map(|group| turn.describe(group));
                let answers = turn.all(works).await;
                respond(&header, out, |w| {
                    describe_groups::write(w, version, &groups, &answers);
                });
            }
            GroupRequest::List(filter) => {
                let answer = turn.list(&filter).await;
                respond(&header, out, |w| list_groups::write(w, version, &answer));
            }
            GroupRequest::Delete(groups) => {
                let asked = responder.bounded(groups);
                let works = asked.iter().map(|group| turn.delete(group));
                let answers = turn.all(works).await;
                respond(&header, out, |w| {
                    delete_groups::write(w, &groups, &answers);
                });
            }
            GroupRequest::DeleteOffsets(group, topics, named) => {
                let answer = turn.delete_offsets(group, &topics).await;
                respond(&header, out, |w| offset_delete::write(w, &named, &answer));
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
