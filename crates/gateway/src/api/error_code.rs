/// The errors of Kafka's protocol that are answered here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    None,
    UnknownTopicOrPartition,
    CoordinatorNotAvailable,
    InvalidTopic,
    InvalidGroupId,
    UnsupportedVersion,
    InvalidRequest,
    /// More names in one request than the limits allow. No client tries that again: neither Java's nor
    /// librdkafka count it among the errors that pass, and "request parameters do not satisfy the
    /// configured policy", which they tell people, leads to the limit. INVALID_REQUEST would blame the
    /// client's library.
    PolicyViolation,
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
            Self::InvalidTopic => 17,
            Self::InvalidGroupId => 24,
            Self::UnsupportedVersion => 35,
            Self::InvalidRequest => 42,
            Self::PolicyViolation => 44,
            Self::UnknownTopicId => 100,
            Self::MismatchedEndpointType => 114,
            Self::UnsupportedEndpointType => 115,
        }
    }
}
