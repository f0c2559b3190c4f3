//! What the store does with a request when its turn comes.

use groupkeeper_assignment_store::{Expected, LeaderRecord};
use groupkeeper_registry::machine::{Batch, BatchChange, StoreWork};

use crate::flying::{Answer, Flying};
use crate::hashed::Hashed;
use crate::state::{Broken, Event, State};

impl State {
    /// A request arrives, or the store goes on with it.
    pub(crate) fn arrive(&mut self, flying: &Hashed<Flying>) {
        self.take(flying);
        match (**flying).clone() {
            Flying::Answer { to, op, answer } => self.step(to.0, answer.inputs(op)),
            Flying::Heartbeat {
                from,
                op,
                to,
                waits,
                heartbeat,
            } => {
                let waiter = waits.then_some((from, op));
                self.call(to, crate::state::Caller::Heartbeat(waiter), |call| {
                    groupkeeper_registry::machine::Input::Heartbeat { call, heartbeat }
                });
            }
            Flying::Listing {
                from,
                op,
                at,
                mut found,
            } => {
                let group = crate::names::groups().nth(at);
                let Some(group) = group else {
                    let answer = Answer::Listed(found, true);
                    return self.put(Flying::Answer {
                        to: from,
                        op,
                        answer,
                    });
                };
                found.extend(self.store.assignments.get(&group).cloned());
                let last = crate::names::groups().count() == at + 1;
                self.put(if last {
                    Flying::Answer {
                        to: from,
                        op,
                        answer: Answer::Listed(found, true),
                    }
                } else {
                    Flying::Listing {
                        from,
                        op,
                        at: at + 1,
                        found,
                    }
                });
            }
            Flying::Making {
                from,
                op,
                waits,
                batch,
                made,
            } => {
                if let Some(answer) = self.make(&batch, made) {
                    self.answer(from, op, waits, answer);
                } else {
                    self.put(Flying::Making {
                        from,
                        op,
                        waits,
                        batch,
                        made: made + 1,
                    });
                }
            }
            Flying::Work {
                from,
                op,
                waits,
                work,
            } => {
                let answer = match work {
                    StoreWork::ReadRecord => Answer::Record(self.store.record.clone()),
                    StoreWork::Gateways => {
                        Answer::Gateways(self.store.gateways.values().cloned().collect())
                    }
                    StoreWork::Load(group) => {
                        Answer::Loaded(self.store.assignments.get(&group).cloned())
                    }
                    StoreWork::Begin { expected, next } => self.begin(&expected, &next),
                    StoreWork::Verify(record) if self.stands(&record) => Answer::Done,
                    StoreWork::Verify(_) => self.refuse(),
                    StoreWork::Commit(batch) if self.stands(&batch.next) => Answer::Done,
                    StoreWork::Commit(batch) if self.stands(&batch.expected) => {
                        let made = 0;
                        return self.put(Flying::Making {
                            from,
                            op,
                            waits,
                            batch,
                            made,
                        });
                    }
                    StoreWork::Commit(_) => self.refuse(),
                };
                self.answer(from, op, waits, answer);
            }
        }
    }

    fn answer(
        &mut self,
        to: crate::flying::Pid,
        op: groupkeeper_registry::machine::OpId,
        waits: bool,
        answer: Answer,
    ) {
        if waits && self.lives(to) {
            self.put(Flying::Answer { to, op, answer });
        }
    }

    fn stands(&self, record: &LeaderRecord) -> bool {
        self.store.record.as_ref() == Some(record)
    }

    fn refuse(&mut self) -> Answer {
        self.event = Event::Refused;
        Answer::Stale(self.store.record.clone())
    }

    fn begin(&mut self, expected: &Expected, next: &LeaderRecord) -> Answer {
        if self.stands(next) {
            return Answer::Done;
        }
        if !expected.holds(self.store.record.as_ref()) {
            return Answer::Stale(self.store.record.clone());
        }
        if self
            .store
            .record
            .as_ref()
            .is_some_and(|record| record.epoch >= next.epoch)
        {
            self.broken = Some(Broken::Fenced);
        }
        let mut store = (*self.store).clone();
        store.record = Some(next.clone());
        self.store = Hashed::new(store);
        let mut history = (*self.history).clone();
        history.begun = self.now;
        self.history = Hashed::new(history);
        Answer::Done
    }

    /// Makes one change of a commit, or, when all are made, writes the record.
    fn make(&mut self, batch: &Batch, made: usize) -> Option<Answer> {
        let mut store = (*self.store).clone();
        if store
            .record
            .as_ref()
            .is_some_and(|record| record.epoch > batch.next.epoch)
        {
            self.broken = Some(Broken::Fenced);
        }
        if let Some(change) = batch.changes.get(made) {
            match change {
                BatchChange::Assign(decision) => {
                    let group = &decision.group;
                    let wrong = self.gateways.iter().find_map(|gateway| {
                        let (nonce, wrong) = gateway.issued.as_ref()?;
                        (*nonce == batch.next.nonce).then(|| wrong.get(group).copied())?
                    });
                    let old = store.assignments.insert(group.clone(), decision.clone());
                    if old.is_some_and(|old| old.stamp > decision.stamp) {
                        self.broken = Some(Broken::Durable);
                    }
                    self.broken = self.broken.or(wrong);
                }
                BatchChange::Admit(record) => {
                    store.gateways.insert(record.addr.clone(), record.clone());
                }
                BatchChange::Dismiss(addr) => drop(store.gateways.remove(addr)),
            }
            self.store = Hashed::new(store);
            return None;
        }
        store.record = Some(batch.next.clone());
        let mut history = (*self.history).clone();
        for change in &batch.changes {
            if let BatchChange::Assign(decision) = change {
                let decided = history.decided.entry(decision.group.clone()).or_default();
                decided.push((decision.clone(), self.now));
            }
        }
        self.store = Hashed::new(store);
        self.history = Hashed::new(history);
        if self.half_was_settled(batch) {
            self.event = Event::Settled;
        }
        Some(Answer::Done)
    }

    fn half_was_settled(&self, batch: &Batch) -> bool {
        // Only a leader that had to decide again raises this later than its first commits.
        batch.next.settled.epoch == batch.next.epoch
            && batch.expected.settled.epoch < batch.next.epoch
            && batch
                .changes
                .iter()
                .any(|it| matches!(it, BatchChange::Assign(_)))
            && batch.expected.settled.epoch.get() > 0
    }
}
