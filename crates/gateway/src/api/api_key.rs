/// The APIs that are answered. Adding one here and following the compiler is how a new one comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiKey {
    Metadata,
    OffsetCommit,
    OffsetFetch,
    FindCoordinator,
    JoinGroup,
    Heartbeat,
    LeaveGroup,
    SyncGroup,
    DescribeGroups,
    ListGroups,
    ApiVersions,
    DeleteGroups,
    OffsetDelete,
    DescribeCluster,
}

impl ApiKey {
    /// In ascending order of their numbers, as clients are told.
    pub(crate) const ALL: [Self; 14] = [
        Self::Metadata,
        Self::OffsetCommit,
        Self::OffsetFetch,
        Self::FindCoordinator,
        Self::JoinGroup,
        Self::Heartbeat,
        Self::LeaveGroup,
        Self::SyncGroup,
        Self::DescribeGroups,
        Self::ListGroups,
        Self::ApiVersions,
        Self::DeleteGroups,
        Self::OffsetDelete,
        Self::DescribeCluster,
    ];

    pub(crate) fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.number() == number)
    }

    pub(crate) const fn number(self) -> i16 {
        match self {
            Self::Metadata => 3,
            Self::OffsetCommit => 8,
            Self::OffsetFetch => 9,
            Self::FindCoordinator => 10,
            Self::JoinGroup => 11,
            Self::Heartbeat => 12,
            Self::LeaveGroup => 13,
            Self::SyncGroup => 14,
            Self::DescribeGroups => 15,
            Self::ListGroups => 16,
            Self::ApiVersions => 18,
            Self::DeleteGroups => 42,
            Self::OffsetDelete => 47,
            Self::DescribeCluster => 60,
        }
    }

    /// The oldest version that is answered. Before those, offsets were kept in ZooKeeper.
    pub(crate) const fn oldest(self) -> i16 {
        match self {
            Self::OffsetCommit => 2,
            Self::OffsetFetch => 1,
            _ => 0,
        }
    }

    /// The newest version that is answered. From version 10 on, offsets are of topics that are named
    /// by their IDs, and a gateway's topics are not ours to know.
    pub(crate) const fn newest(self) -> i16 {
        match self {
            Self::Metadata => 13,
            Self::OffsetCommit | Self::OffsetFetch | Self::JoinGroup => 9,
            Self::FindCoordinator | Self::DescribeGroups => 6,
            Self::LeaveGroup | Self::SyncGroup | Self::ListGroups => 5,
            Self::ApiVersions | Self::Heartbeat => 4,
            Self::DescribeCluster | Self::DeleteGroups => 2,
            Self::OffsetDelete => 0,
        }
    }

    /// Whether whoever serves groups answers it: a group's coordinator alone, or each gateway for the
    /// groups that it owns.
    pub(crate) const fn is_group_call(self) -> bool {
        match self {
            Self::OffsetCommit
            | Self::OffsetFetch
            | Self::JoinGroup
            | Self::Heartbeat
            | Self::LeaveGroup
            | Self::SyncGroup
            | Self::DescribeGroups
            | Self::ListGroups
            | Self::DeleteGroups
            | Self::OffsetDelete => true,
            Self::Metadata | Self::FindCoordinator | Self::ApiVersions | Self::DescribeCluster => {
                false
            }
        }
    }

    /// Whether strings and arrays are compact and structures end with tagged fields.
    pub(crate) const fn is_flexible(self, version: i16) -> bool {
        let first = match self {
            Self::Metadata => 9,
            Self::OffsetCommit => 8,
            Self::OffsetFetch | Self::JoinGroup => 6,
            Self::DescribeGroups => 5,
            Self::Heartbeat | Self::LeaveGroup | Self::SyncGroup => 4,
            Self::FindCoordinator | Self::ApiVersions | Self::ListGroups => 3,
            Self::DeleteGroups => 2,
            Self::DescribeCluster => 0,
            Self::OffsetDelete => return false,
        };
        version >= first
    }

    /// Whether a response's header ends with tagged fields. ApiVersions never has them, since a
    /// client reads its answer before it knows which versions the server speaks.
    pub(crate) const fn has_flexible_answer_header(self, version: i16) -> bool {
        !matches!(self, Self::ApiVersions) && self.is_flexible(version)
    }
}
