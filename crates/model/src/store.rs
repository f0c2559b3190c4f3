//! What becomes of something when it arrives, and what the store does with a request.

use std::collections::BTreeMap;

use groupkeeper_assignment_store::{Admission, Expected, LeaderRecord};
use groupkeeper_registry::Folding;
use groupkeeper_registry::machine::{Batch, BatchChange, Input, OpId, StoreWork};
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GroupName, Stamp};

use crate::apply::Step;
use crate::flight::{Answer, Flight, What};
use crate::names;
use crate::seen::Kind;
use crate::state::{Broken, Caller, State, Store};

impl Step<'_> {
    /// It has been taken out of what is flying, and arrives.
    pub(crate) fn arrive(&mut self, flight: &Flight, op: Option<OpId>) {
        if let Some(to) = flight.to()
            && self.state.gateways[to].gone
        {
            return self.lose(flight, op);
        }
        let pid = flight.pid;
        let waiter = op.filter(|_| flight.waits && self.state.lives(pid));
        match flight.what.clone() {
            What::Heartbeat(to, heartbeat) => {
                let heard = heartbeat.revokes_heard > 0;
                let caller = Caller::Gateway(waiter.map(|op| (pid, op)));
                self.call(to, caller, |call| Input::Heartbeat { call, heartbeat });
                if heard {
                    self.note(Kind::RevokeHeard);
                }
            }
            What::Leave(to, leave) => {
                let caller = Caller::Gateway(waiter.map(|op| (pid, op)));
                self.call(to, caller, |call| Input::Leave { call, leave });
            }
            What::Question(to, group) => {
                self.call(to, Caller::Asker(pid), |call| Input::Assign { call, group });
            }
            What::Resigned(resigned) => self.step(pid.0, vec![Input::Resigned(resigned)]),
            What::Told(found) => {
                self.step(pid.0, vec![Input::Learned(found)]);
                self.note(Kind::Told);
            }
            What::Answer(answer) => {
                let before = self.state.gateways[pid.0].may_act(self.state.moment());
                self.step(pid.0, op.map(|op| answer.inputs(op)).unwrap_or_default());
                let after = self.state.gateways[pid.0].may_act(self.state.moment());
                if pid.1 > 0 && after && !before {
                    self.note(Kind::Returned);
                }
            }
            What::Listing(at, mut found) => {
                let group = names::groups().get(at);
                found.extend(group.and_then(|it| self.state.store.assignments.get(it).cloned()));
                let next = if names::groups().len() == at + 1 {
                    What::Answer(Answer::Listed(found, true))
                } else {
                    What::Listing(at + 1, found)
                };
                self.state.put(Flight::asking(pid, next), op);
            }
            What::Making(batch, made) => match self.make(&batch, made) {
                Some(answer) => self.answer(flight, op, answer),
                None => self.go_on(flight, op, What::Making(batch, made + 1)),
            },
            What::Work(work) => self.work(flight, op, work),
        }
    }

    fn work(&mut self, flight: &Flight, op: Option<OpId>, work: StoreWork) {
        let store = &self.state.store;
        let answer = match work {
            StoreWork::ReadRecord => Answer::Record(store.record.clone()),
            StoreWork::Gateways => Answer::Gateways(store.gateways.values().cloned().collect()),
            StoreWork::Load(group) => Answer::Loaded(store.assignments.get(&group).cloned()),
            StoreWork::Begin { expected, next } => self.begin(&expected, &next),
            StoreWork::Verify(record) if store.stands(&record) => Answer::Done,
            StoreWork::Commit(batch) if store.stands(&batch.next) => {
                self.note(Kind::Repeated);
                Answer::Done
            }
            StoreWork::Commit(batch)
                if store.stands(&batch.expected) || mutation::is_on(Mutation::UnfencedStore) =>
            {
                if !flight.waits {
                    self.note(Kind::LateWrite);
                }
                return self.go_on(flight, op, What::Making(batch, 0));
            }
            StoreWork::Commit(Batch { next, .. }) | StoreWork::Verify(next) => {
                let epoch = store.record.as_ref().map(|record| record.epoch);
                if epoch > Some(next.epoch) {
                    self.note(Kind::Refused);
                }
                Answer::Stale(store.record.clone())
            }
        };
        self.answer(flight, op, answer);
    }

    fn go_on(&mut self, flight: &Flight, op: Option<OpId>, what: What) {
        let (pid, waits) = (flight.pid, flight.waits);
        self.state.put(Flight { pid, waits, what }, op);
    }

    fn answer(&mut self, flight: &Flight, op: Option<OpId>, answer: Answer) {
        if flight.waits && self.state.lives(flight.pid) {
            self.state.put(Flight::answer(flight.pid, answer), op);
        }
    }

    fn begin(&mut self, expected: &Expected, next: &LeaderRecord) -> Answer {
        let record = self.state.store.record.as_ref();
        if record == Some(next) {
            return Answer::Done;
        }
        if !expected.holds(record) {
            return Answer::Stale(record.cloned());
        }
        if let Some(record) = record {
            self.note(Kind::TakeOver);
            if record.epoch >= next.epoch {
                self.state.broken = Some(Broken::Fenced);
            }
        }
        self.state
            .store
            .change(|store| store.record = Some(next.clone()));
        let now = self.state.moment();
        self.state.history.change(|history| history.begun = now);
        Answer::Done
    }

    /// Makes one change of a commit, or, when all are made, writes the record.
    fn make(&mut self, batch: &Batch, made: usize) -> Option<Answer> {
        let epoch = self.state.store.record.as_ref().map(|record| record.epoch);
        if epoch > Some(batch.next.epoch) {
            self.state.broken = Some(Broken::Fenced);
        }
        self.state.broken = self.wrong_with(batch, made).or(self.state.broken);
        if let Some(change) = batch.changes.get(made) {
            self.note_half(change);
            let at = batch.next.stamp();
            self.state.store.change(|store| store.make(change, at));
            return None;
        }
        let mut before = self.state.store.clone();
        self.state
            .store
            .change(|store| store.record = Some(batch.next.clone()));
        // What the changes replaced is told by what was decided before.
        before.change(|store| store.assignments = self.state.last_decided());
        self.note_whole(&before);
        self.state.decide();
        Some(Answer::Done)
    }
}

impl State {
    /// The newest whole decision about each group.
    fn last_decided(&self) -> BTreeMap<GroupName, Decision> {
        let last = |(group, all): (&GroupName, &Vec<(Decision, _)>)| {
            Some((group.clone(), all.last()?.0.clone()))
        };
        self.history.decided.iter().filter_map(last).collect()
    }

    /// A commit is whole: what stands is decided, as far as it is not half of an earlier one.
    fn decide(&mut self) {
        let (now, store) = (self.moment(), self.store.clone());
        for group in names::groups() {
            let stands = store.effective(group).filter(|_| store.settles(group));
            let known = self.history.decided.get(group).and_then(|all| all.last());
            if let Some(stands) = stands
                && known.is_none_or(|(known, _)| *known != stands)
            {
                self.history.change(|history| {
                    let decided = history.decided.entry(group.clone());
                    decided.or_default().push((stands, now));
                });
            }
        }
    }
}

impl Store {
    /// Makes one change of a commit.
    pub(crate) fn make(&mut self, change: &BatchChange, at: Stamp) {
        match change {
            BatchChange::Assign(decision) | BatchChange::Rewrite(decision) => {
                let group = decision.group.clone();
                self.assignments.insert(group, decision.clone());
            }
            // Everything can be read here.
            BatchChange::SetAside(_) => {}
            BatchChange::Admit(record) => {
                let admitted = Admission {
                    gateway: record.clone(),
                    admitted: at,
                };
                self.gateways.insert(record.addr.clone(), admitted);
            }
            BatchChange::Dismiss(addr) => drop(self.gateways.remove(addr)),
        }
    }

    /// What is decided about a group, as far as the store says: its assignment, or what failovers
    /// have made of it.
    pub(crate) fn effective(&self, group: &GroupName) -> Option<Decision> {
        let stands = self.assignments.get(group)?.clone();
        let failovers = self.record.as_ref().map(|record| &record.failovers);
        let folding = failovers.and_then(|it| Folding::new(it).ok());
        Some(folding.map_or(stands.clone(), |folding| folding.fold(stands)))
    }

    fn settles(&self, group: &GroupName) -> bool {
        let (record, stored) = (self.record.as_ref(), self.assignments.get(group));
        record
            .zip(stored)
            .is_some_and(|(record, stored)| record.settles(stored.stamp))
    }

    fn stands(&self, record: &LeaderRecord) -> bool {
        self.record.as_ref() == Some(record)
    }
}
