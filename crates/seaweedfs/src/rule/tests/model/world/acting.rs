//! What gateways do where they may decide, and see of what others do.

use super::super::{Found, Wrong};
use super::{FILERS, LEASE, World, filer, gateway};
use crate::rule::{Decider, FRESH, Round};

impl World {
    /// Whether the decider has decided since this gateway looked there last.
    pub(super) fn looks(
        &mut self,
        number: usize,
        masters: &Result<Decider, String>,
        answers: bool,
    ) -> bool {
        let named = masters.as_ref().ok().filter(|_| answers);
        let settled = self.gateways[number].rule.has_settled();
        let Some(named) = named.filter(|_| !settled) else {
            self.gateways[number].looked = None;
            return false;
        };
        let at: usize = named.address.host()[1..].parse().unwrap();
        if !self.reaches(gateway(number), filer(at)) {
            self.gateways[number].looked = None;
            return false;
        }
        let count = if self.wrong == Wrong::Unmarked {
            self.decided.iter().sum()
        } else {
            self.decided[at]
        };
        let before = self.gateways[number].looked.replace((named.clone(), count));
        before.is_some_and(|(decider, before)| decider == *named && before != count)
    }

    /// Copies what was decided at others, each five seconds.
    pub(super) fn copy(&mut self, number: usize) {
        for of in 0..FILERS {
            let at = u64::try_from(number * FILERS + of).unwrap() * 500;
            if self.now % 5_000 == at && self.reaches(filer(number), filer(of)) {
                self.copied[number][of] = self.decided[of];
            }
        }
    }

    fn lacks(&self, at: usize, of: usize) -> bool {
        of != at && self.copied[at][of] < self.decided[of]
    }

    /// Takes in a round, and what the decider has copied of what the filers that are reached have decided.
    pub(super) fn hear(&mut self, number: usize, round: &mut Round) {
        let Some(named) = round.masters.clone().ok().filter(|_| round.answers) else {
            self.gateways[number].rule.heard(round);
            return;
        };
        let at: usize = named.address.host()[1..].parse().unwrap();
        let reached = |of: &usize| self.reaches(gateway(number), filer(*of));
        let mut reached: Vec<usize> = (0..FILERS).filter(reached).collect();
        let lacks = reached.iter().any(|of| self.lacks(at, *of));
        if lacks && self.wrong != Wrong::Uncopied {
            // It may settle all the same: after a while, or since somebody else was seen to decide.
            reached.clear();
            // What it lacks would hide that nobody reaches it.
            let asks = self.wrong != Wrong::Unanswered;
            round.missing = asks.then(|| "something".to_owned());
        }
        let gateway = &mut self.gateways[number];
        let before = gateway.rule.has_settled_on(&named);
        gateway.rule.heard(round);
        if !before {
            gateway.copied = (at, reached);
        }
    }

    /// A call that decides something: on what may others act meanwhile?
    pub(super) fn act(&mut self, number: usize, found: &mut Found) {
        let now = self.local(number, self.now);
        let Ok(permit) = self.gateways[number].rule.permit(now) else {
            return;
        };
        let at: usize = permit.decider.host()[1..].parse().unwrap();
        if permit.sent + FRESH < now || !self.reaches(gateway(number), filer(at)) {
            return;
        }
        found.calls += 1;
        let (copied_at, copied) = &self.gateways[number].copied;
        let copied = copied.iter().filter(|_| *copied_at == at);
        found.losses += copied.filter(|of| self.lacks(at, **of)).count();
        self.decided[at] += 1;
        let before = self.gateways[number].acts;
        found.changes += usize::from(before.is_some_and(|(before, _)| before != at));
        let others = self.gateways.iter().enumerate();
        let forks = others.filter(|(other, gateway)| {
            *other != number
                && gateway
                    .acts
                    .is_some_and(|(other_at, until)| other_at != at && until > self.now)
        });
        found.forks += forks.count();
        self.gateways[number].acts = Some((at, self.now + LEASE));
    }
}
