//! Whether a leader has a reason for what it decides.

use groupkeeper_registry::machine::{Batch, BatchChange};
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::GroupName;

use crate::apply::Step;
use crate::names;
use crate::seen::Kind;
use crate::state::{Broken, Gateway, Store};

impl Step<'_> {
    /// Judges each decision of a commit when it is first sent. That one is wrong counts only where
    /// the store takes it.
    pub(crate) fn judge(&self, gateway: &mut Gateway, batch: &Batch) {
        let nonce = batch.next.nonce;
        if gateway.issued.as_ref().is_some_and(|(it, _)| *it == nonce) {
            return;
        }
        let mut after = Store::clone(&self.state.store);
        for change in &batch.changes {
            after.make(change, batch.next.stamp());
        }
        after.record = Some(batch.next.clone());
        let wrong = |group: &GroupName| self.wrong(gateway, &after.effective(group)?);
        let wrong = names::groups().iter().find_map(wrong);
        gateway.issued = wrong.map(|wrong| (nonce, wrong));
    }

    fn wrong(&self, gateway: &Gateway, decision: &Decision) -> Option<Broken> {
        let (state, group) = (&self.state, &decision.group);
        let stands = state.store.effective(group)?;
        let whole = self.was_whole(&stands);
        if stands.stamp > decision.stamp {
            return whole.then_some(Broken::Durable);
        }
        if stands.coordinator == decision.coordinator {
            return None;
        }
        if whole && !gateway.view.contains_key(group) {
            return Some(Broken::Honest);
        }
        let wanted = state.history.wanted.contains(group);
        (!wanted && self.still_there(gateway, &stands)).then_some(Broken::Sticky)
    }

    /// Whether a decision's coordinator can't be taken for dead: it may act, or it may have been
    /// acting under the leader before.
    fn still_there(&self, gateway: &Gateway, decision: &Decision) -> bool {
        let state = &self.state;
        let lease = self.fleet.timing().lease;
        let in_grace = state.moment() < state.history.begun + lease;
        let acts = (0..names::GATEWAYS)
            .filter(|slot| *names::addr(*slot) == decision.coordinator)
            .any(|slot| {
                let it = if slot == gateway.pid.0 {
                    gateway
                } else {
                    &state.gateways[slot]
                };
                it.may_act(state.moment())
            });
        in_grace || acts
    }

    /// What is wrong with a change that the store is about to make.
    pub(crate) fn wrong_with(&self, batch: &Batch, made: usize) -> Option<Broken> {
        let state = &self.state;
        if let Some(decision) = batch.changes.get(made).and_then(written)
            && let Some(stands) = state.store.assignments.get(&decision.group)
            && stands.stamp > decision.stamp
            && self.was_whole(stands)
        {
            return Some(Broken::Durable);
        }
        state.gateways.iter().find_map(|gateway| {
            let (nonce, wrong) = gateway.issued.as_ref()?;
            (*nonce == batch.next.nonce).then_some(*wrong)
        })
    }

    /// Whether the commit that wrote this was made as a whole. Half of one was never told to anybody: whoever
    /// finds it decides it again, or takes it back.
    fn was_whole(&self, stands: &Decision) -> bool {
        let decided = self.state.history.decided.get(&stands.group);
        decided.is_some_and(|all| all.iter().any(|(it, _)| it == stands))
    }

    /// Tells when a change that is about to be made decides again, or takes back, what an earlier leader left
    /// half done.
    pub(crate) fn note_half(&self, change: &BatchChange) {
        let Some(decision) = written(change) else {
            return;
        };
        let Some(stands) = self.state.store.assignments.get(&decision.group) else {
            return;
        };
        let again =
            stands.stamp.epoch < decision.stamp.epoch && stands.coordinator == decision.coordinator;
        let taken_back = decision.stamp < stands.stamp;
        if (again || taken_back) && !self.was_whole(stands) {
            self.note(Kind::HalfSettled);
        }
    }

    /// Tells what kind of commit has just become whole.
    pub(crate) fn note_whole(&self, before: &Store) {
        let state = &self.state;
        for group in names::groups() {
            let (before, after) = (before.assignments.get(group), state.store.effective(group));
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            if before.stamp == after.stamp {
                continue;
            }
            if before.coordinator == after.coordinator {
                continue;
            }
            self.note(Kind::Moved);
            let owner = (0..names::GATEWAYS).find(|it| *names::addr(*it) == before.coordinator);
            if let Some(owner) = owner.map(|slot| &state.gateways[slot]) {
                let leased = owner.may_act(state.moment());
                if leased && !owner.held.contains_key(group) {
                    self.note(Kind::MovedFromLiving);
                } else if !leased && owner.paused {
                    self.note(Kind::MovedFromSilent);
                }
            }
        }
    }
}

/// The assignment that a change writes.
fn written(change: &BatchChange) -> Option<&Decision> {
    match change {
        BatchChange::Assign(decision) | BatchChange::Rewrite(decision) => Some(decision),
        BatchChange::SetAside(_) | BatchChange::Admit(_) | BatchChange::Dismiss(_) => None,
    }
}
