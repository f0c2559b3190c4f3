use std::time::Duration;

use groupkeeper_assignment_store::{ReadError, WriteError};
use thiserror::Error;

/// Why a call of the database came to nothing.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("the disk gave no answer within {} s", .0.as_secs())]
    Late(Duration),
    #[error("the call was stopped: {0}")]
    Stopped(tokio::task::JoinError),
    #[error("{0}; see that the disk works and has room: the next write tries again")]
    Disk(redb::Error),
    #[error("{0}")]
    Database(redb::Error),
    #[error("too many writes wait for the disk")]
    Crowded,
    #[error("the write was made together with others, and nobody told what became of it")]
    Unanswered,
}

impl From<redb::Error> for Failure {
    fn from(e: redb::Error) -> Self {
        match e {
            e @ (redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::DatabaseClosed) => {
                Self::Disk(e)
            }
            e => Self::Database(e),
        }
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(redb::Error::Corrupted(why)) => Self::Unreadable {
                what: "the database".to_owned(),
                why,
            },
            other => Self::unavailable(other),
        }
    }
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        Self::unavailable(failure)
    }
}
