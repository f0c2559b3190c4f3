//! One thing that a new leader reads from the store, again until it has it. What it reads is said elsewhere.

use groupkeeper_assignment_store::ReadError;
use groupkeeper_types::Moment;
use groupkeeper_types::mutation::{self, Mutation};

use crate::machine::OpId;
use crate::machine::core::Ctx;

/// How far that has come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    /// It is to be read from this moment on.
    Due(Moment),
    /// It is being read.
    UnderWay(OpId),
    /// It is known.
    Whole,
}

impl Default for Reading {
    fn default() -> Self {
        Self::Due(Moment::ZERO)
    }
}

impl Reading {
    pub(super) fn is_whole(&self) -> bool {
        *self == Self::Whole
    }

    pub(super) fn is_due(&self, now: Moment) -> bool {
        matches!(self, Self::Due(at) if now >= *at)
    }

    pub(super) fn is_by(&self, op: OpId) -> bool {
        *self == Self::UnderWay(op)
    }

    pub(super) fn deadline(&self) -> Moment {
        match self {
            Self::Due(at) => *at,
            Self::UnderWay(_) | Self::Whole => Moment::NEVER,
        }
    }

    /// It could not be read: when it is to be tried again.
    pub(super) fn failed(&mut self, ctx: &mut Ctx<'_>, error: &ReadError) {
        let again = if error.is_retryable() {
            ctx.core.timing().retry_every
        } else {
            ctx.problem(error.to_string());
            ctx.core.timing().lease
        };
        *self = Self::Due(ctx.now + again);
    }
}

/// A read that failed stays one that failed (G6).
pub(super) fn honest<T: Default>(result: Result<T, ReadError>) -> Result<T, ReadError> {
    if mutation::is_on(Mutation::FailedReadAsEmpty) {
        return Ok(result.unwrap_or_default());
    }
    result
}
