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
            after.make(change);
        }
        after.record = Some(batch.next.clone());
        let wrong = |group: &GroupName| self.wrong(gateway, &after.effective(group)?);
        let wrong = names::groups().iter().find_map(wrong);
        gateway.issued = wrong.map(|wrong| (nonce, wrong));
    }

    fn wrong(&self, gateway: &Gateway, decision: &Decision) -> Option<Broken> {
        let (state, group) = (&self.state, &decision.group);
        let stands = state.store.effective(group)?;
        if stands.stamp > decision.stamp {
            return Some(Broken::Durable);
        }
        if stands.coordinator == decision.coordinator {
            return None;
        }
        // Half of a commit was never told to anybody, and is decided again by whoever finds it.
        let decided = state.history.decided.get(group);
        let whole = decided.is_some_and(|all| all.iter().any(|(it, _)| *it == stands));
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
        if let Some(BatchChange::Assign(decision)) = batch.changes.get(made)
            && let Some(stands) = state.store.assignments.get(&decision.group)
            && stands.stamp > decision.stamp
        {
            return Some(Broken::Durable);
        }
        state.gateways.iter().find_map(|gateway| {
            let (nonce, wrong) = gateway.issued.as_ref()?;
            (*nonce == batch.next.nonce).then_some(*wrong)
        })
    }

    /// Tells when a change that is about to be made decides again what an earlier leader left half done.
    pub(crate) fn note_half(&self, change: &BatchChange) {
        let BatchChange::Assign(decision) = change else {
            return;
        };
        let Some(stands) = self.state.store.assignments.get(&decision.group) else {
            return;
        };
        let decided = self.state.history.decided.get(&decision.group);
        let whole = decided.is_some_and(|all| all.iter().any(|(it, _)| it == stands));
        if !whole
            && stands.stamp.epoch < decision.stamp.epoch
            && stands.coordinator == decision.coordinator
        {
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
