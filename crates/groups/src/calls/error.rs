use thiserror::Error;

/// Why a group call is refused, in the terms of Kafka's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum GroupError {
    /// Something failed here that no other number names (-1). Clients give up.
    #[error("unknown server error")]
    Unknown,
    /// A topic or partition that is not there (3).
    #[error("unknown topic or partition")]
    UnknownTopicOrPartition,
    /// More metadata with an offset than is kept (12).
    #[error("offset metadata too large")]
    OffsetMetadataTooLarge,
    /// The group is being loaded (14): clients ask the same gateway again.
    #[error("coordinator load in progress")]
    CoordinatorLoadInProgress,
    /// It can't be told who coordinates the group (15): clients look for the coordinator again.
    #[error("coordinator not available")]
    CoordinatorNotAvailable,
    /// Not this gateway (16): clients look for the coordinator again.
    #[error("not coordinator")]
    NotCoordinator,
    /// A name that no topic can have (17).
    #[error("invalid topic")]
    InvalidTopic,
    /// A generation that is over (22).
    #[error("illegal generation")]
    IllegalGeneration,
    /// Protocols that the group's members do not share (23).
    #[error("inconsistent group protocol")]
    InconsistentGroupProtocol,
    /// A name that no group can have (24).
    #[error("invalid group ID")]
    InvalidGroupId,
    /// A member that the group does not have (25): clients join anew.
    #[error("unknown member ID")]
    UnknownMemberId,
    /// A session timeout out of the range that is allowed (26).
    #[error("invalid session timeout")]
    InvalidSessionTimeout,
    /// Members are to join again (27).
    #[error("rebalance in progress")]
    RebalanceInProgress,
    /// A commit too large to be kept (28).
    #[error("invalid commit offset size")]
    InvalidCommitOffsetSize,
    /// The client may not read the topic (29).
    #[error("topic authorization failed")]
    TopicAuthorizationFailed,
    /// The client may not use the group (30).
    #[error("group authorization failed")]
    GroupAuthorizationFailed,
    /// The request makes no sense (42).
    #[error("invalid request")]
    InvalidRequest,
    /// More than is allowed in one request (44).
    #[error("policy violation: the request names more than is allowed")]
    PolicyViolation,
    /// The group has members (68).
    #[error("non-empty group")]
    NonEmptyGroup,
    /// There is no such group (69).
    #[error("group ID not found")]
    GroupIdNotFound,
    /// The group has as many members as it may (81).
    #[error("group max size reached")]
    GroupMaxSizeReached,
    /// Another process has this static member's ID (82).
    #[error("fenced instance ID")]
    FencedInstanceId,
    /// Members read the topic (86).
    #[error("the group is subscribed to the topic")]
    GroupSubscribedToTopic,
    /// Transactions that are under way may change the offset (88).
    #[error("unstable offset commit")]
    UnstableOffsetCommit,
}

impl GroupError {
    /// The number that stands in answers.
    pub const fn number(self) -> i16 {
        match self {
            Self::Unknown => -1,
            Self::UnknownTopicOrPartition => 3,
            Self::OffsetMetadataTooLarge => 12,
            Self::CoordinatorLoadInProgress => 14,
            Self::CoordinatorNotAvailable => 15,
            Self::NotCoordinator => 16,
            Self::InvalidTopic => 17,
            Self::IllegalGeneration => 22,
            Self::InconsistentGroupProtocol => 23,
            Self::InvalidGroupId => 24,
            Self::UnknownMemberId => 25,
            Self::InvalidSessionTimeout => 26,
            Self::RebalanceInProgress => 27,
            Self::InvalidCommitOffsetSize => 28,
            Self::TopicAuthorizationFailed => 29,
            Self::GroupAuthorizationFailed => 30,
            Self::InvalidRequest => 42,
            Self::PolicyViolation => 44,
            Self::NonEmptyGroup => 68,
            Self::GroupIdNotFound => 69,
            Self::GroupMaxSizeReached => 81,
            Self::FencedInstanceId => 82,
            Self::GroupSubscribedToTopic => 86,
            Self::UnstableOffsetCommit => 88,
        }
    }

    /// The number of an outcome: 0 where it went well.
    pub fn code<T>(outcome: &Result<T, Self>) -> i16 {
        outcome.as_ref().err().map_or(0, |error| error.number())
    }
}
