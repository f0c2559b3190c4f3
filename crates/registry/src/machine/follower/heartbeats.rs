//! Heartbeats to a leader: one under way, and when the next is due. What they say is not in it.

use std::time::Duration;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_types::{Incarnation, Moment, Timing};

use super::unanswered::Unanswered;
use crate::machine::OpId;
use crate::machine::core::Ctx;
use crate::peer::{Ack, PeerError};

/// The heartbeats of this gateway, to whoever leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Heartbeats {
    /// The heartbeat under way, and when it was sent: a session counts from there.
    flight: Option<(OpId, Moment)>,
    next: Moment,
    unanswered: Unanswered,
}

impl Heartbeats {
    /// When the next one is due, given that somebody leads.
    pub(super) fn deadline(&self) -> Moment {
        self.flight.map_or(self.next, |_| Moment::NEVER)
    }

    /// For how long this leader's answers have not come.
    pub(super) fn unanswered(&self, ctx: &Ctx<'_>, leader: Incarnation) -> Duration {
        self.unanswered.by(leader, ctx)
    }

    /// One is sent now.
    pub(super) fn sent(&mut self, op: OpId, now: Moment) {
        self.flight = Some((op, now));
    }

    /// The answer to one has come, of this leader, if it still leads: when that was sent. `None` when nobody
    /// waits for it any more.
    pub(super) fn answered(
        &mut self,
        op: OpId,
        result: &Result<Ack, PeerError>,
        leader: Option<&LeaderRecord>,
    ) -> Option<Moment> {
        let (_, sent) = self.flight.take_if(|(flight, _)| *flight == op)?;
        match (result, leader) {
            (Err(PeerError::Unreachable { .. }), Some(leader)) => {
                self.unanswered.lost(leader.incarnation, sent);
            }
            _ => self.unanswered = Unanswered::default(),
        }
        Some(sent)
    }

    /// What is on its way is not worth waiting for.
    pub(super) fn drop_flight(&mut self) {
        self.flight = None;
    }

    pub(super) fn next_at(&mut self, at: Moment) {
        self.next = at;
    }

    /// A heartbeat that was sent then has been acknowledged, under leases as long as `longest`.
    pub(super) fn acknowledged(
        &mut self,
        ctx: &Ctx<'_>,
        sent: Moment,
        longest: Duration,
        ack: &Ack,
    ) {
        // Somebody waits for a group that was revoked.
        let asked = !ack.revokes.groups.is_empty();
        let usual = sent + ctx.core.timing().heartbeat_for(longest);
        let news_at = |after: Duration| ctx.now + after.max(Timing::SHORTEST);
        self.next = if asked {
            ctx.now
        } else {
            usual.min(ack.ask_again.map_or(Moment::NEVER, news_at))
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, ack, record};

    #[test]
    fn one_is_under_way_and_an_answer_counts_once() {
        let (mut bench, mut heartbeats) = (Bench::new(), Heartbeats::default());
        let (op, sent) = (bench.ctx().op(), bench.now);
        heartbeats.sent(op, sent);
        assert_eq!(heartbeats.deadline(), Moment::NEVER);
        let lost = Err(PeerError::unreachable("no answer"));
        let leader = record(1, None);
        let answered = heartbeats.answered(op, &lost, Some(&leader));
        assert_eq!(answered, Some(sent));
        assert_eq!(heartbeats.answered(op, &lost, Some(&leader)), None);
        bench.now = bench.now + Duration::from_millis(9);
        let unanswered = heartbeats.unanswered(&bench.ctx(), leader.incarnation);
        assert_eq!(unanswered, Duration::from_millis(9));
    }

    #[test]
    fn the_next_is_sooner_where_somebody_waits_or_there_may_be_news() {
        let (mut bench, mut heartbeats) = (Bench::new(), Heartbeats::default());
        let (sent, longest) = (bench.now, bench.core.timing().lease);
        let mut acked = |ack: &Ack| {
            heartbeats.acknowledged(&bench.ctx(), sent, longest, ack);
            heartbeats.deadline()
        };
        let usual = acked(&ack());
        assert!(usual > sent);
        let mut news = ack();
        news.ask_again = Some(Duration::ZERO);
        assert_eq!(acked(&news), sent + Timing::SHORTEST);
        let mut revoked = ack();
        let group = crate::machine::testing::group("g");
        revoked.revokes.groups = vec![(group, crate::machine::testing::stamp(1, 1))];
        assert_eq!(acked(&revoked), sent);
    }
}
