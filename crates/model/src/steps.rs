//! A machine takes a step, and its effects are carried out.

use std::collections::BTreeMap;

use groupkeeper_registry::machine::{
    Batch, BatchChange, CallId, Effect, Input, LockNews, Reply, StoreWork,
};
use groupkeeper_registry::peer::Role;

use crate::flying::{Answer, Flying};
use crate::hashed::Hashed;
use crate::state::{Broken, Caller, Gateway, State, moment};

impl State {
    /// Gives a machine inputs, one after the other.
    pub(crate) fn step(&mut self, slot: usize, inputs: Vec<Input>) {
        let mut gateway = (*self.gateways[slot]).clone();
        for input in inputs {
            if let Input::Lock(news) = &input {
                gateway.believes = matches!(news, LockNews::Mine { .. });
            }
            let mut effects = Vec::new();
            gateway.machine.step(self.moment(), input, &mut effects);
            for effect in effects {
                self.carry_out(&mut gateway, effect);
            }
            let head = gateway.machine.head();
            gateway.applied = head.applied;
            gateway.fresh_until = head.fresh_until;
            gateway.lease_until = head.lease_until;
            gateway.leads = head.role == Role::Leader;
            gateway.members = (*head.members).clone();
        }
        self.gateways[slot] = Hashed::new(gateway);
    }

    /// Gives a machine a call under the smallest number that is free.
    pub(crate) fn call(
        &mut self,
        slot: usize,
        caller: Caller,
        input: impl FnOnce(CallId) -> Input,
    ) {
        let mut gateway = (*self.gateways[slot]).clone();
        let free = |call: &CallId| !gateway.calls.contains_key(call);
        let call = (0..).map(CallId).find(free).unwrap_or(CallId(0));
        gateway.calls.insert(call, caller);
        self.gateways[slot] = Hashed::new(gateway);
        self.step(slot, vec![input(call)]);
    }

    fn carry_out(&mut self, gateway: &mut Gateway, effect: Effect) {
        let from = gateway.pid;
        match effect {
            Effect::Store { op, work } => {
                if let StoreWork::Commit(batch) = &work {
                    self.judge(gateway, batch);
                }
                self.put(Flying::Work {
                    from,
                    op,
                    waits: true,
                    work,
                });
            }
            Effect::List { op } => {
                self.put(Flying::Listing {
                    from,
                    op,
                    at: 0,
                    found: Vec::new(),
                });
            }
            Effect::Heartbeat { op, to, heartbeat } => {
                let to = crate::names::slot_of(&to);
                self.put(Flying::Heartbeat {
                    from,
                    op,
                    to,
                    waits: true,
                    heartbeat,
                });
            }
            Effect::Reply { call, reply } => match (gateway.calls.remove(&call), reply) {
                (Some(Caller::Heartbeat(Some((to, op)))), Reply::Ack(result)) if self.lives(to) => {
                    self.put(Flying::Answer {
                        to,
                        op,
                        answer: Answer::Acked(result),
                    });
                }
                (Some(Caller::Client), Reply::Found(Ok(found))) => {
                    let mut history = (*self.history).clone();
                    let answered = history.answered.entry(found.decision.group);
                    let newest = answered.or_default();
                    *newest = found.decision.stamp.max(*newest);
                    self.history = Hashed::new(history);
                }
                _ => {}
            },
            Effect::Learn(decision) => {
                gateway.view.insert(decision.group.clone(), decision);
            }
            Effect::Forget(group) => drop(gateway.view.remove(&group)),
            Effect::ForgetAll => gateway.view.clear(),
            Effect::Hold { group, stamp } => drop(gateway.held.insert(group, stamp)),
            Effect::Release(group) => drop(gateway.held.remove(&group)),
            Effect::ReleaseAll => gateway.held.clear(),
            Effect::YieldLock | Effect::QuitLock => gateway.believes = false,
            Effect::Leave { .. }
            | Effect::TellResigned { .. }
            | Effect::Campaign
            | Effect::Report(_) => {}
        }
    }

    /// Judges each decision of a commit when it is first sent: whether it has a reason. That it is
    /// wrong counts only where the store takes it.
    fn judge(&self, gateway: &mut Gateway, batch: &Batch) {
        let nonce = batch.next.nonce;
        if gateway.issued.as_ref().is_some_and(|(it, _)| *it == nonce) {
            return;
        }
        let mut wrong = BTreeMap::new();
        for change in &batch.changes {
            let BatchChange::Assign(decision) = change else {
                continue;
            };
            let Some(stands) = self.store.assignments.get(&decision.group) else {
                continue;
            };
            if stands.coordinator == decision.coordinator {
                continue;
            }
            let group = decision.group.clone();
            // Half of a commit was never told to anybody, and is decided again by whoever finds it.
            let decided = self.history.decided.get(&group);
            let whole = decided.is_some_and(|all| all.iter().any(|(it, _)| it == stands));
            if whole && !gateway.view.contains_key(&group) {
                wrong.insert(group, Broken::Honest);
            } else if !self.history.wanted.contains(&group) && self.still_there(gateway, stands) {
                wrong.insert(group, Broken::Sticky);
            }
        }
        gateway.issued = Some((nonce, wrong));
    }

    /// Whether a decision's coordinator can't be taken for dead: it may act, or it may have been
    /// acting under the leader before.
    fn still_there(
        &self,
        gateway: &Gateway,
        decision: &groupkeeper_registry::peer::Decision,
    ) -> bool {
        let lease = crate::timing().lease;
        let in_grace = self.moment() < moment(self.history.begun) + lease;
        let acts = (0..self.gateways.len())
            .filter(|slot| crate::names::addr(*slot) == decision.coordinator)
            .any(|slot| {
                let it = if slot == gateway.pid.0 {
                    gateway
                } else {
                    &*self.gateways[slot]
                };
                self.moment() < it.lease_until
            });
        in_grace || acts
    }
}
