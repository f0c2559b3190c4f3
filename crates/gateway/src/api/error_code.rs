/// The errors of Kafka's protocol that are answered here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    None,
    UnknownTopicOrPartition,
    CoordinatorNotAvailable,
    InvalidGroupId,
    UnsupportedVersion,
    InvalidRequest,
    UnknownTopicId,
    MismatchedEndpointType,
    UnsupportedEndpointType,
}

impl ErrorCode {
    pub(crate) const fn number(self) -> i16 {
        match self {
            Self::None => 0,
            Self::UnknownTopicOrPartition => 3,
            Self::CoordinatorNotAvailable => 15,
            Self::InvalidGroupId => 24,
            Self::UnsupportedVersion => 35,
            Self::InvalidRequest => 42,
            Self::UnknownTopicId => 100,
            Self::MismatchedEndpointType => 114,
            Self::UnsupportedEndpointType => 115,
        }
    }
}
