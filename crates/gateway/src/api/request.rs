use super::describe_cluster::DescribeClusterRequest;
use super::find_coordinator::FindCoordinatorRequest;
use super::list_groups::Filter;
use super::metadata::MetadataRequest;
use super::{ApiKey, GroupRequest, Header, Refusal};
use super::{api_versions, delete_groups, describe_groups, heartbeat, join_group, leave_group};
use super::{offset_commit, offset_delete, offset_fetch, sync_group};
use crate::Limits;
use crate::wire::Reader;

/// A request, read whole. It borrows its strings from the frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request<'a> {
    ApiVersions,
    Metadata(MetadataRequest<'a>),
    DescribeCluster(DescribeClusterRequest),
    FindCoordinator(FindCoordinatorRequest<'a>),
    Group(GroupRequest<'a>),
    /// Of a version newer than any known: its fields can't be read.
    Newer,
}

impl<'a> Request<'a> {
    /// Reads a frame, which is what follows the length field. Never panics, and allocates no more
    /// than a small multiple of the frame's own length.
    pub(crate) fn read(frame: &'a [u8], limits: &Limits) -> Result<(Header, Self), Refusal> {
        let mut reader = Reader::new(frame);
        let header = Header::read(&mut reader)?;
        if !header.supported {
            return Ok((header, Self::Newer));
        }
        let version = header.version;
        let request = match header.api {
            ApiKey::ApiVersions => {
                api_versions::read(&mut reader, version).map(|()| Self::ApiVersions)
            }
            ApiKey::Metadata => MetadataRequest::read(&mut reader, version).map(Self::Metadata),
            ApiKey::DescribeCluster => {
                DescribeClusterRequest::read(&mut reader, version).map(Self::DescribeCluster)
            }
            ApiKey::FindCoordinator => {
                FindCoordinatorRequest::read(&mut reader, version, limits.keys)
                    .map(Self::FindCoordinator)
            }
            ApiKey::JoinGroup => join_group::read(&mut reader, version, limits.protocols)
                .map(|(group, it)| Self::Group(GroupRequest::Join(group, it))),
            ApiKey::SyncGroup => sync_group::read(&mut reader, version, limits.members)
                .map(|(group, it)| Self::Group(GroupRequest::Sync(group, it))),
            ApiKey::Heartbeat => heartbeat::read(&mut reader, version)
                .map(|(group, it)| Self::Group(GroupRequest::Heartbeat(group, it))),
            ApiKey::LeaveGroup => leave_group::read(&mut reader, version, limits.members)
                .map(|(group, it, named)| Self::Group(GroupRequest::Leave(group, it, named))),
            ApiKey::OffsetCommit => offset_commit::read(&mut reader, version, limits)
                .map(|(group, it, named)| Self::Group(GroupRequest::Commit(group, it, named))),
            ApiKey::OffsetFetch => offset_fetch::read(&mut reader, version, limits)
                .map(|asked| Self::Group(GroupRequest::Fetch(asked))),
            ApiKey::DescribeGroups => describe_groups::read(&mut reader, version)
                .map(|groups| Self::Group(GroupRequest::Describe(groups))),
            ApiKey::ListGroups => Filter::read(&mut reader, version)
                .map(|filter| Self::Group(GroupRequest::List(filter))),
            ApiKey::DeleteGroups => delete_groups::read(&mut reader, version)
                .map(|groups| Self::Group(GroupRequest::Delete(groups))),
            ApiKey::OffsetDelete => {
                offset_delete::read(&mut reader, version, limits).map(|(group, it, named)| {
                    Self::Group(GroupRequest::DeleteOffsets(group, it, named))
                })
            }
        };
        let malformed = Refusal::malformed(header.api, Some(version));
        let request = request.map_err(malformed)?;
        reader.finish().map_err(malformed)?;
        Ok((header, request))
    }
}
