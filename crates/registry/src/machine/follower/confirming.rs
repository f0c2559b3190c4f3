//! Whether the store decides for a gateway that does not lead.

use groupkeeper_assignment_store::{LeaderRecord, ReadError, WriteError};
use groupkeeper_types::{Incarnation, Moment};

use crate::folding::Folding;
use crate::machine::core::Ctx;
use crate::machine::{OpId, StoreWork};

/// A record that was read says little: a copy can be read where nothing is decided. So it is confirmed
/// where writes are decided, by a gateway that wants to campaign again, or whose leader may have lost the
/// store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Confirming {
    /// The leader has not verified its record lately.
    pub(super) leader_in_doubt: bool,
    asked: Option<Asked>,
    /// Which leader's record was confirmed last, by a question that was sent then.
    confirmed: Option<(Incarnation, Moment)>,
}

/// A question that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    op: OpId,
    /// Whose record is to be confirmed.
    leader: Incarnation,
    sent: Moment,
    /// This gateway has let others try for long enough, and campaigns if the record is confirmed.
    stands: bool,
}

impl Confirming {
    /// The record has been read, or could not be.
    pub(super) fn looked(
        &mut self,
        ctx: &mut Ctx<'_>,
        found: &Result<Option<LeaderRecord>, ReadError>,
    ) {
        let due = ctx.now >= ctx.core.candidacy.look_at();
        if due {
            let later = ctx.now + ctx.core.timing().retry_every;
            ctx.core.candidacy.look_again(later);
        }
        match found {
            // Nobody has led: there is nothing to confirm.
            Ok(None) if due => ctx.stand(),
            // What can't be read to its end can be followed, and not be led on from.
            Ok(Some(record))
                if self.asked.is_none()
                    && (due || self.leader_in_doubt)
                    && !record.is_newer()
                    && Folding::new(&record.failovers).is_ok() =>
            {
                let op = ctx.store(StoreWork::Verify(record.clone()));
                self.asked = Some(Asked {
                    op,
                    leader: record.incarnation,
                    sent: ctx.now,
                    stands: due,
                });
            }
            _ => {}
        }
    }

    /// The store's answer to a question.
    pub(super) fn answered(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: &Result<(), WriteError>,
    ) {
        let asked = self.asked.take_if(|asked| asked.op == op);
        if let (Some(asked), Ok(())) = (asked, result) {
            self.confirmed = Some((asked.leader, asked.sent));
            if asked.stands {
                ctx.stand();
            }
        }
    }

    /// Whether the store has confirmed this leader's record a moment ago.
    pub(super) fn has_confirmed(&self, ctx: &Ctx<'_>, leader: Incarnation) -> bool {
        let lately = |sent| ctx.now.since(sent) < ctx.core.timing().lock_ttl;
        self.confirmed
            .is_some_and(|(of, sent)| of == leader && lately(sent))
    }
}
