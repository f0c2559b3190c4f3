use std::sync::Arc;

use tokio::sync::Semaphore;

use super::group_call::GroupCall;
use super::lookup::Lookup;
use crate::api::describe_cluster::DescribeClusterRequest;
use crate::api::find_coordinator::{self, FindCoordinatorRequest, Found};
use crate::api::{
    ApiKey, ErrorCode, Header, Refusal, Request, api_versions, describe_cluster, metadata, respond,
};
use crate::wire::{List, Text};
use crate::{Broker, Coordinators, GroupCoordinator, Limits, Look};

/// Turns frames into answers, for all connections.
#[derive(Debug)]
pub(crate) struct Responder {
    pub(crate) coordinators: Arc<dyn Coordinators>,
    pub(crate) limits: Limits,
    /// Who serves groups, where somebody does.
    pub(crate) groups: Option<Arc<dyn GroupCoordinator>>,
    /// One permit for each FindCoordinator that waits, and each claim.
    pub(crate) lookups: Semaphore,
    /// One permit for each group call under way.
    pub(crate) group_calls: Semaphore,
}

/// What can't be answered at once.
#[derive(Debug)]
pub(crate) enum Later<'a> {
    Lookup(Lookup<'a>),
    Group(GroupCall<'a>),
}

impl Responder {
    pub(crate) fn new(coordinators: Arc<dyn Coordinators>, limits: Limits) -> Self {
        let lookups = Semaphore::new(limits.lookups);
        let group_calls = Semaphore::new(limits.group_calls);
        Self {
            coordinators,
            limits,
            groups: None,
            lookups,
            group_calls,
        }
    }

    /// The groups of a batch, or none of them where they are too many.
    pub(super) fn bounded<'a>(&self, groups: List<'a, Text<'a>>) -> List<'a, Text<'a>> {
        if groups.len() > self.limits.keys {
            List::EMPTY
        } else {
            groups
        }
    }

    /// As [`answer_out_of`](Self::answer_out_of), out of what is known as of now.
    pub(crate) fn answer<'a>(
        &self,
        frame: &'a [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Later<'a>>, Refusal> {
        self.answer_out_of(&*self.coordinators.look(), frame, out)
    }

    /// Appends the answer to a frame, where it can be given at once; otherwise appends nothing and
    /// says what is left to do. After an error too, nothing was appended.
    pub(crate) fn answer_out_of<'a>(
        &self,
        look: &dyn Look,
        frame: &'a [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Later<'a>>, Refusal> {
        let (header, request) = Request::read(frame, &self.limits)?;
        let version = header.version;
        match request {
            Request::ApiVersions => {
                respond(&header, out, |w| {
                    api_versions::write(w, version, ErrorCode::None)
                });
            }
            Request::Metadata(request) => {
                let cluster = self.coordinators.cluster();
                respond(&header, out, |w| {
                    let (topics, most) = (&request.topics, self.limits.topics);
                    metadata::write(w, version, &cluster, topics, most, ErrorCode::None);
                });
            }
            Request::DescribeCluster(request) => {
                let cluster = self.coordinators.cluster();
                respond(&header, out, |w| {
                    describe_cluster::write(w, version, &cluster, request, request.error());
                });
            }
            Request::FindCoordinator(request) => {
                return Ok(find_known(look, header, request, out).map(Later::Lookup));
            }
            Request::Group(request) => {
                let client_id = Header::client_id(frame);
                return Ok(Some(Later::Group(GroupCall {
                    header,
                    request,
                    client_id,
                })));
            }
            Request::Newer => self.answer_newer(&header, out),
        }
        Ok(None)
    }

    /// Says, in the newest layout known, that a version is newer than that.
    fn answer_newer(&self, header: &Header, out: &mut Vec<u8>) {
        let error = ErrorCode::UnsupportedVersion;
        let version = header.version;
        respond(header, out, |w| match header.api {
            ApiKey::ApiVersions => api_versions::write(w, version, error),
            ApiKey::Metadata => {
                let cluster = self.coordinators.cluster();
                metadata::write(w, version, &cluster, &List::EMPTY, 0, error);
            }
            ApiKey::DescribeCluster => {
                let cluster = self.coordinators.cluster();
                describe_cluster::write(
                    w,
                    version,
                    &cluster,
                    DescribeClusterRequest::UNREAD,
                    error,
                );
            }
            ApiKey::FindCoordinator => {
                let found: [(_, Found); 1] = [(Text::Utf8(""), Found::Error(error))];
                find_coordinator::write(w, version, 1, found.into_iter());
            }
            // Their headers are refused before.
            ApiKey::OffsetCommit
            | ApiKey::OffsetFetch
            | ApiKey::JoinGroup
            | ApiKey::Heartbeat
            | ApiKey::LeaveGroup
            | ApiKey::SyncGroup
            | ApiKey::DescribeGroups
            | ApiKey::ListGroups
            | ApiKey::DeleteGroups
            | ApiKey::OffsetDelete => {}
        });
    }
}

/// Answers out of what is known, or says what to look up.
fn find_known<'a>(
    look: &dyn Look,
    header: Header,
    request: FindCoordinatorRequest<'a>,
    out: &mut Vec<u8>,
) -> Option<Lookup<'a>> {
    let start = out.len();
    let mut unknown = false;
    let found = request.keys().map(|key| {
        let found = request
            .error()
            .map(Found::Error)
            .or_else(|| known(look, key));
        unknown |= found.is_none();
        (
            key,
            found.unwrap_or(Found::Error(ErrorCode::CoordinatorNotAvailable)),
        )
    });
    respond(&header, out, |w| {
        find_coordinator::write(w, header.version, request.max_keys(), found)
    });
    if unknown {
        out.truncate(start);
        return Some(Lookup { header, request });
    }
    None
}

/// What can be said of a group without waiting.
pub(super) fn known<'a>(look: &'a dyn Look, group: Text<'_>) -> Option<Found<&'a Broker>> {
    match group.utf8() {
        None | Some("") => Some(Found::Error(ErrorCode::InvalidGroupId)),
        Some(group) => look.known(group).map(Found::from),
    }
}
