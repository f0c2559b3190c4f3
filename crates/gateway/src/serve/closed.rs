use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;

use crate::api::Refusal;

/// How a connection ended.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) peer: SocketAddr,
    pub(crate) why: Reason,
}

/// Why a connection ended.
#[derive(Debug, Error)]
pub(crate) enum Reason {
    #[error("the client closed it")]
    ByClient,
    #[error("the client closed it in the middle of a request")]
    CutShort,
    #[error("it was silent for {0:?}")]
    Idle(Duration),
    #[error("the listener stops")]
    Stopping,
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("a request did not arrive whole within {0:?}")]
    SlowFrame(Duration),
    #[error("the client did not take its answers within {0:?}")]
    SlowReader(Duration),
}

impl Reason {
    /// Whether the client broke a rule: that is worth a line in the log.
    pub(crate) const fn is_offence(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::SlowFrame(_) | Self::SlowReader(_)
        )
    }

    pub(crate) const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}
