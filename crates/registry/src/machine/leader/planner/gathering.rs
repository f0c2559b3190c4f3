//! When groups without a coordinator are given out: not before gateways had time to join.

use groupkeeper_membership::Member;
use groupkeeper_types::Moment;

use crate::machine::leader::facts::Facts;

/// The time that gateways are given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Gathering {
    /// `None` when it is over.
    until: Option<Moment>,
}

impl Gathering {
    pub(super) fn new(until: Moment) -> Self {
        Self { until: Some(until) }
    }

    pub(super) fn deadline(&self) -> Moment {
        self.until.unwrap_or(Moment::NEVER)
    }

    /// Time has passed: at first it was for joining, then, where processes were replaced, until those before
    /// them are gone for sure.
    pub(super) fn pass(&mut self, now: Moment, facts: &Facts) {
        if self.until.is_none_or(|until| now < until) {
            return;
        }
        let grace_until = facts.term.grace_until();
        let settles = |member: &Member| member.joined() && member.settles_at().is_some();
        let more = now < grace_until && facts.roster.healthy(now).any(settles);
        self.until = more.then_some(grace_until);
    }

    /// Whether groups without a coordinator may be given out.
    pub(super) fn is_over(&self, facts: &Facts) -> bool {
        facts.stored.is_known() && (self.until.is_none() || all_have_joined(facts))
    }
}

/// Every gateway that an earlier leader knew has joined, so there is nobody to wait for.
fn all_have_joined(facts: &Facts) -> bool {
    let joined = |member: &Member| member.joined() && member.settles_at().is_none();
    let mut stored = facts.stored.gateways();
    !facts.stored.found_nobody()
        && !facts.term.is_of_a_parted_store()
        && stored.all(|it| facts.roster.get(&it.addr).is_some_and(joined))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::machine::leader::facts::tests::{facts, join};
    use crate::machine::testing::Bench;

    #[test]
    fn ends_when_all_have_joined_or_their_time_is_over() {
        let mut bench = Bench::new();
        let mut facts = facts(&mut bench, &["a", "b"]);
        let until = bench.now + Duration::from_secs(1);
        let mut gathering = Gathering::new(until);
        join(&mut bench, &mut facts, "a");
        gathering.pass(bench.now, &facts);
        assert!(!gathering.is_over(&facts));
        let mut late = gathering.clone();
        late.pass(until, &facts);
        assert!(late.is_over(&facts) && late.deadline() == Moment::NEVER);
        join(&mut bench, &mut facts, "b");
        assert!(gathering.is_over(&facts) && gathering.deadline() == until);
    }

    #[test]
    fn waits_for_somebody_where_nobody_was_stored() {
        let mut bench = Bench::new();
        let facts = facts(&mut bench, &[]);
        let mut gathering = Gathering::new(bench.now);
        assert!(
            !gathering.is_over(&facts),
            "whoever comes first has no others yet"
        );
        gathering.pass(bench.now, &facts);
        assert!(gathering.is_over(&facts));
    }
}
