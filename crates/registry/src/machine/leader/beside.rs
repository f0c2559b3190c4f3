//! Verifications beside a commit that takes long.

use groupkeeper_assignment_store::WriteError;
use groupkeeper_types::Moment;

use super::Leader;
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
}

impl Leader {
    /// Verifies the record although a commit is under way, when one is due.
    pub(super) fn verify_beside(&mut self, ctx: &mut Ctx<'_>) {
        if self.chain.is_committing() && ctx.now >= self.chain.beside.deadline() {
            let op = ctx.store(StoreWork::Verify(self.chain.record().clone()));
            self.chain.beside.flight = Some((op, ctx.now));
        }
    }

    /// Takes the answer to such a verification; whether it was one.
    ///
    /// That another record stands may mean that the commit has landed: its own answer tells. Only another
    /// epoch ends the term.
    pub(super) fn verified_beside(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: &Result<(), WriteError>,
    ) -> bool {
        let beside = &mut self.chain.beside;
        let Some((_, sent)) = beside.flight.take_if(|(asked, _)| *asked == op) else {
            return false;
        };
        beside.at = ctx.now + ctx.core.timing().verify_every;
        match result {
            Ok(()) => self.chain.stood(sent),
            Err(WriteError::Stale { found: Some(found) })
                if found.epoch != self.chain.record().epoch =>
            {
                self.deposed(ctx, Some(found));
            }
            Err(_) => {}
        }
        true
    }
}
