/// The APIs that are answered. Adding one here and following the compiler is how a new one comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiKey {
    Metadata,
    FindCoordinator,
    ApiVersions,
    DescribeCluster,
}

impl ApiKey {
    /// In ascending order of their numbers, as clients are told.
    pub(crate) const ALL: [Self; 4] = [
        Self::Metadata,
        Self::FindCoordinator,
        Self::ApiVersions,
        Self::DescribeCluster,
    ];

    pub(crate) fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.number() == number)
    }

    pub(crate) const fn number(self) -> i16 {
        match self {
            Self::Metadata => 3,
            Self::FindCoordinator => 10,
            Self::ApiVersions => 18,
            Self::DescribeCluster => 60,
        }
    }

    /// The newest version that is answered; all of them start at 0.
    pub(crate) const fn newest(self) -> i16 {
        match self {
            Self::Metadata => 13,
            Self::FindCoordinator => 6,
            Self::ApiVersions => 4,
            Self::DescribeCluster => 2,
        }
    }

    /// Whether strings and arrays are compact and structures end with tagged fields.
    pub(crate) const fn is_flexible(self, version: i16) -> bool {
        let first = match self {
            Self::Metadata => 9,
            Self::FindCoordinator | Self::ApiVersions => 3,
            Self::DescribeCluster => 0,
        };
        version >= first
    }

    /// Whether a response's header ends with tagged fields. ApiVersions never has them, since a
    /// client reads its answer before it knows which versions the server speaks.
    pub(crate) const fn has_flexible_answer_header(self, version: i16) -> bool {
        !matches!(self, Self::ApiVersions) && self.is_flexible(version)
    }
}
