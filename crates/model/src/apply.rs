//! What an action does.

use groupkeeper_registry::machine::{Input, LockNews, OpId};
use groupkeeper_registry::peer::Role;
use groupkeeper_types::{GroupName, Moment};

use crate::actions::{Action, InFlight};
use crate::fleet::Fleet;
use crate::flight::{Answer, Asked, Flight, What};
use crate::names::{self, Pid};
use crate::seen::Kind;
use crate::state::{Caller, State};

/// One step in the making: the state, and whom it is to tell what it comes upon.
pub(crate) struct Step<'a> {
    pub(crate) state: State,
    pub(crate) fleet: &'a Fleet,
}

impl Step<'_> {
    pub(crate) fn note(&self, kind: Kind) {
        self.fleet.seen.note(kind);
    }

    pub(crate) fn apply(&mut self, action: Action) {
        let state = &mut self.state;
        match action {
            Action::Advance => self.advance(),
            Action::Tick(slot) => self.step(slot, vec![Input::Tick]),
            Action::Lock(slot, true) => {
                state.left.rivals -= u8::from(state.has_rival(slot));
                state.left.terms -= 1;
                let until = Moment::NEVER;
                self.step(slot, vec![Input::Lock(LockNews::Mine { until })]);
            }
            Action::Lock(slot, false) => self.step(slot, vec![Input::Lock(LockNews::Free)]),
            Action::Arrive(InFlight(it)) => {
                state.take(&it);
                self.arrive(&it.0, it.1);
            }
            Action::GiveUp(InFlight(it)) => {
                let blocked = it.0.to().is_some_and(|to| state.gateways[to].paused);
                state.left.timeouts -= u8::from(!blocked);
                state.take(&it);
                state.put_late(&it.0, it.1);
                self.lose(&it.0, it.1);
            }
            Action::Lose(InFlight(it)) => {
                let blocked = it.0.to().is_some_and(|to| state.gateways[to].paused);
                state.left.timeouts -= u8::from(!blocked);
                state.take(&it);
                self.lose(&it.0, it.1);
            }
            Action::Double(InFlight(it)) => {
                state.left.copies -= 1;
                state.take(&it);
                state.put_late(&it.0, it.1);
                self.arrive(&it.0, it.1);
            }
            Action::Half(InFlight(it)) => {
                state.left.halves -= 1;
                state.take(&it);
                self.half(&it.0, it.1);
            }
            Action::Pause(slot, paused) => {
                state.left.pauses -= u8::from(paused);
                state.change(slot, |gateway| gateway.paused = paused);
            }
            Action::Restart(slot) => self.restart(slot),
            Action::Ask(slot, group) => self.ask(slot, group),
            Action::Move(slot, group, to) => {
                state.left.moves -= 1;
                state.want([group.clone()]);
                let to = Some(names::addr(to).clone());
                self.call(slot, Caller::Client, |call| Input::Reassign {
                    call,
                    group,
                    to,
                });
            }
            Action::Drain(slot, of) => {
                state.left.moves -= 1;
                state.want(names::groups().iter().cloned());
                let gateway = names::addr(of).clone();
                self.call(slot, Caller::Client, |call| Input::Drain { call, gateway });
            }
            Action::Stop(slot, drain) => {
                state.left.stops -= 1;
                state.want(names::groups().iter().cloned());
                self.call(slot, Caller::Client, |call| Input::Stop { call, drain });
            }
        }
    }

    fn advance(&mut self) {
        let state = &mut self.state;
        state.left.delays -= u8::from(state.is_busy());
        state.now += 1;
        state.reseat();
        let now = state.moment();
        if state
            .gateways
            .iter()
            .any(|it| it.lease_until == now && !it.held.is_empty())
        {
            self.note(Kind::LeaseOver);
        }
        // Its lease cannot be an earlier leader's any more.
        let epoch = self.state.store.record.as_ref().map(|it| it.epoch);
        let renewed = now >= self.state.history.begun + self.fleet.timing().lease;
        let mut gateways = self.state.gateways.iter().filter(|it| it.may_act(now));
        if renewed && gateways.any(|it| it.held.values().any(|held| Some(held.epoch) < epoch)) {
            self.note(Kind::Kept);
        }
    }

    fn ask(&mut self, slot: usize, group: GroupName) {
        self.state.left.questions -= 1;
        let gateway = &self.state.gateways[slot];
        if gateway.role == Role::Leader {
            return self.call(slot, Caller::Client, |call| Input::Assign { call, group });
        }
        let to = (slot + 1) % names::GATEWAYS;
        let question = Flight::asking(gateway.pid, What::Question(to, group));
        self.state.put(question, None);
    }

    /// Whoever asked hears nothing.
    pub(crate) fn lose(&mut self, flight: &Flight, op: Option<OpId>) {
        if let (Some(asked), Some(op)) = (flight.asked(), op) {
            self.tell(flight.pid, op, Answer::Lost(asked));
        }
    }

    /// A failure is noticed at once, unless who waits for it stands still.
    fn tell(&mut self, pid: Pid, op: OpId, answer: Answer) {
        if !self.state.lives(pid) {
            return;
        }
        if self.state.gateways[pid.0].paused {
            self.state.put(Flight::answer(pid, answer), Some(op));
        } else {
            self.step(pid.0, answer.inputs(op));
        }
    }

    fn half(&mut self, flight: &Flight, op: Option<OpId>) {
        let answer = match (&flight.what, flight.asked()) {
            (What::Listing(_, found), _) => Answer::Listed(found.clone(), false),
            (What::Work(_), _) => Answer::Garbled,
            (_, Some(asked)) => Answer::Lost(asked),
            (_, None) => return,
        };
        if let Some(op) = op.filter(|_| flight.waits) {
            self.tell(flight.pid, op, answer);
        }
    }

    /// What the dead one asked for may still arrive; what it was told is lost, and so is what it
    /// would have answered.
    fn restart(&mut self, slot: usize) {
        self.state.left.restarts -= 1;
        let old = self.state.gateways[slot].clone();
        let (its, rest) = std::mem::take(&mut self.state.flying)
            .into_iter()
            .partition(|(flight, _)| flight.pid == old.pid && flight.waits);
        self.state.flying = rest;
        let its: Vec<_> = its;
        for (flight, op) in its {
            self.state.put_late(&flight, op);
        }
        let fresh = self.fleet.fresh((slot, old.pid.1 + 1));
        self.state.seat(slot, fresh);
        self.hang_up(&old.calls);
    }

    /// Whoever waits for a process that is no more hears nothing.
    pub(crate) fn hang_up<'a>(
        &mut self,
        calls: impl IntoIterator<Item = (&'a groupkeeper_registry::machine::CallId, &'a Caller)>,
    ) {
        for (_, caller) in calls {
            if let Caller::Gateway(Some((pid, op))) = caller {
                self.tell(*pid, *op, Answer::Lost(Asked::Leave));
            }
        }
    }
}

impl State {
    fn want(&mut self, groups: impl IntoIterator<Item = GroupName>) {
        self.history.change(|history| {
            history.wanted.extend(groups);
            history.wanted.sort();
            history.wanted.dedup();
        });
    }
}
