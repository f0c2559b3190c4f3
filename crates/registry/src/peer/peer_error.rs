use groupkeeper_types::RpcAddr;
use thiserror::Error;

/// Why another gateway did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Error)]
pub enum PeerError {
    /// No answer, or none in time. What was asked may have been done.
    #[error("no answer from the gateway: {why}")]
    Unreachable {
        /// What happened, for people.
        why: String,
    },
    /// It does not lead.
    #[error("not the leader{}", .leader.as_ref().map(|at| format!(": the leader answers at {at}")).unwrap_or_default())]
    NotLeader {
        /// Where the leader answers, as far as it knows.
        leader: Option<RpcAddr>,
    },
    /// It can't tell now (Kafka's error 15): ask again.
    #[error("not known now: {why}")]
    NotAvailable {
        /// What it is waiting for.
        why: String,
    },
    /// There is no such group or gateway.
    #[error("there is no {what}")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// It will not do it, however often it is asked, until somebody changes something.
    #[error("refused: {why}")]
    Refused {
        /// The cause and the cure.
        why: String,
    },
}

impl PeerError {
    /// No answer, for this reason.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an error is passed on as it is"
    )]
    pub fn unreachable(why: impl ToString) -> Self {
        Self::Unreachable {
            why: why.to_string(),
        }
    }

    /// Not known now, for this reason.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an error is passed on as it is"
    )]
    pub fn not_available(why: impl ToString) -> Self {
        Self::NotAvailable {
            why: why.to_string(),
        }
    }

    /// Whether asking again, perhaps somebody else, may help.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::NotLeader { .. } | Self::NotAvailable { .. }
        )
    }
}
