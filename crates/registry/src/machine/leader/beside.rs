//! Verifications beside a commit that takes long. They tell nothing about the commit itself.

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_types::Moment;

use crate::machine::core::Ctx;
use crate::machine::{OpId, StoreWork};

/// A commit may take longer than leases last. What it expects stands until it is whole, and can be
/// verified meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Beside {
    /// Under way, and when it was sent.
    flight: Option<(OpId, Moment)>,
    /// When the next is due, if the commit is still under way then.
    at: Moment,
}

impl Beside {
    /// A commit is sent that was not before; this is when it will have taken long.
    pub(super) fn new() -> Self {
        Self {
            flight: None,
            at: Moment::NEVER,
        }
    }

    pub(super) fn due_at(&mut self, at: Moment) {
        self.at = at;
    }

    /// When to verify, while a commit is under way.
    pub(super) fn deadline(&self) -> Moment {
        self.flight.map_or(self.at, |_| Moment::NEVER)
    }

    /// Verifies the record.
    pub(super) fn verify(&mut self, ctx: &mut Ctx<'_>, record: &LeaderRecord) {
        let op = ctx.store(StoreWork::Verify(record.clone()));
        self.flight = Some((op, ctx.now));
    }

    /// The answer to such a verification has come: when that was sent. `None` when it is the answer to
    /// something else.
    pub(super) fn answered(&mut self, ctx: &Ctx<'_>, op: OpId) -> Option<Moment> {
        let (_, sent) = self.flight.take_if(|(asked, _)| *asked == op)?;
        self.at = ctx.now + ctx.core.timing().verify_every;
        Some(sent)
    }
}
