use std::time::Duration;

use groupkeeper_types::{Incarnation, Moment};

use crate::machine::core::Ctx;

/// Since when one leader's answers have not come, whether or not the heartbeats arrive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Unanswered {
    /// The leader's process, and when the first of the heartbeats was sent.
    since: Option<(Incarnation, Moment)>,
}

impl Unanswered {
    /// A heartbeat to this leader, sent then, has no answer.
    pub(super) fn lost(&mut self, leader: Incarnation, sent: Moment) {
        if self.since.is_none_or(|(to, _)| to != leader) {
            self.since = Some((leader, sent));
        }
    }

    /// For how long this leader's answers have not come, as far as that makes a difference: by then the
    /// leader has waited for longer than W since it gave a lease.
    pub(super) fn by(&self, leader: Incarnation, ctx: &Ctx<'_>) -> Duration {
        let timing = ctx.core.timing();
        let most = 2 * timing.lease + timing.heartbeat_call();
        self.span(leader, ctx.now).min(most)
    }

    fn span(&self, leader: Incarnation, now: Moment) -> Duration {
        let of_it = self.since.filter(|(to, _)| *to == leader);
        of_it.map_or(Duration::ZERO, |(_, since)| now.since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_the_first_that_was_lost_and_for_one_leader() {
        let at = Moment::from_micros;
        let (one, other) = (Incarnation::new(1), Incarnation::new(2));
        let mut unanswered = Unanswered::default();
        assert_eq!(unanswered.span(one, at(9)), Duration::ZERO);
        unanswered.lost(one, at(2));
        unanswered.lost(one, at(5));
        assert_eq!(unanswered.span(one, at(9)), Duration::from_micros(7));
        assert_eq!(unanswered.span(other, at(9)), Duration::ZERO);
        unanswered.lost(other, at(8));
        assert_eq!(unanswered.span(other, at(9)), Duration::from_micros(1));
    }
}
