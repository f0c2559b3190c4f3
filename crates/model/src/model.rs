use std::collections::BTreeMap;

use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Input, LockNews, Machine};
use groupkeeper_registry::peer::MemberList;
use groupkeeper_types::{GatewayAddr, Moment, Stamp};
use stateright::{Model, Property};

use crate::action::{Action, InFlight};
use crate::flying::{Answer, Flying, Kind, Pid};
use crate::hashed::Hashed;
use crate::names;
use crate::state::{Caller, Event, Faults, Gateway, History, State, Store};

/// A fleet of two gateways and what it stands on, within bounds.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// How much may happen.
    pub faults: Faults,
    /// Whether it starts with a leader, both gateways members, and a group at each; else from
    /// nothing.
    pub settled: bool,
}

impl Model for Fleet {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let gateways = (0..names::GATEWAYS).map(|slot| fresh((slot, 0)));
        let mut state = State {
            now: 0,
            gateways: gateways.collect(),
            store: Hashed::new(Store::default()),
            flying: BTreeMap::new(),
            history: Hashed::new(History::default()),
            left: Faults::default(),
            event: Event::Nothing,
            broken: None,
        };
        if self.settled {
            state = settle(state);
        }
        state.left = self.faults;
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.broken.is_some() {
            return;
        }
        let left = &state.left;
        let mut idle = true;
        for flying in state.flying.keys() {
            let waiter = flying.waiter();
            let to = match &**flying {
                Flying::Heartbeat { to, .. } => Some(*to),
                Flying::Answer { to, .. } => Some(to.0),
                _ => None,
            };
            let blocked = to.is_some_and(|to| state.gateways[to].paused);
            let making = |it: &Hashed<Flying>| matches!(**it, Flying::Making { .. });
            let queued = is_write(flying) && state.flying.keys().any(making);
            let it = || InFlight(flying.clone());
            if !blocked && !queued {
                actions.push(Action::Arrive(it()));
                let waits = waiter.is_some() || matches!(**flying, Flying::Answer { .. });
                idle &= !waits && !making(flying);
            }
            if waiter.is_some() && (left.timeouts > 0 || blocked) {
                actions.push(Action::GiveUp(it()));
            }
            let doubles = matches!(**flying, Flying::Heartbeat { waits: true, .. });
            if doubles && !blocked && left.copies > 0 {
                actions.push(Action::Double(it()));
            }
            if left.halves > 0 && !queued && can_be_half(flying) {
                actions.push(Action::Half(it()));
            }
        }
        for (slot, gateway) in state.gateways.iter().enumerate() {
            if gateway.paused {
                actions.push(Action::Pause(slot, false));
                continue;
            }
            if gateway.machine.deadline() <= state.moment() {
                idle = false;
                actions.push(Action::Tick(slot));
            }
            let rival = (0..names::GATEWAYS).any(|it| it != slot && state.gateways[it].believes);
            if !gateway.believes && left.terms > 0 && (!rival || left.doubles > 0) {
                actions.push(Action::Lock(slot, true));
            }
            if gateway.believes && left.terms > 0 {
                actions.push(Action::Lock(slot, false));
            }
            if left.pauses > 0 {
                actions.push(Action::Pause(slot, true));
            }
            if left.restarts > 0 {
                actions.push(Action::Restart(slot));
            }
            if gateway.leads {
                outside(slot, left, actions);
            }
        }
        if left.time > 0 && (idle || left.delays > 0) {
            actions.push(Action::Advance);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        state.event = Event::Nothing;
        apply(&mut state, action);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::properties::all(self.settled)
    }
}

fn outside(slot: usize, left: &Faults, actions: &mut Vec<Action>) {
    for group in names::groups() {
        if left.questions > 0 {
            actions.push(Action::Ask(slot, group.clone()));
        }
        for to in 0..names::GATEWAYS {
            if left.moves > 0 {
                actions.push(Action::Move(slot, group.clone(), to));
            }
        }
    }
    for of in 0..names::GATEWAYS {
        if left.moves > 0 {
            actions.push(Action::Drain(slot, of));
        }
    }
}

fn apply(state: &mut State, action: Action) {
    match action {
        Action::Advance => {
            let idle = !state.flying.keys().any(|it| busy(state, it))
                && !state
                    .gateways
                    .iter()
                    .any(|it| !it.paused && it.machine.deadline() <= state.moment());
            state.left.delays -= u8::from(!idle);
            state.left.time = state.left.time.saturating_sub(1);
            state.now += 1;
        }
        Action::Tick(slot) => state.step(slot, vec![Input::Tick]),
        Action::Lock(slot, true) => {
            let rival = (0..names::GATEWAYS).any(|it| it != slot && state.gateways[it].believes);
            state.left.doubles -= u8::from(rival);
            state.left.terms = state.left.terms.saturating_sub(1);
            let until = Moment::from_micros(1_000_000_000);
            state.step(slot, vec![Input::Lock(LockNews::Mine { until })]);
        }
        Action::Lock(slot, false) => state.step(slot, vec![Input::Lock(LockNews::Free)]),
        Action::Arrive(InFlight(it)) => state.arrive(&it),
        Action::GiveUp(InFlight(it)) => {
            let to = if let Flying::Heartbeat { to, .. } = *it {
                Some(to)
            } else {
                None
            };
            let blocked = to.is_some_and(|to| state.gateways[to].paused);
            state.left.timeouts -= u8::from(!blocked);
            state.take(&it);
            if let Some(late) = it.given_up() {
                state.put(late);
            }
            if let Some((to, op, kind)) = it.waiter() {
                lose(state, to, op, kind);
            }
        }
        Action::Double(InFlight(it)) => {
            state.left.copies -= 1;
            if let Some(late) = it.given_up() {
                state.put(late);
            }
            state.arrive(&it);
        }
        Action::Half(InFlight(it)) => {
            state.left.halves -= 1;
            state.take(&it);
            match &*it {
                Flying::Listing {
                    from, op, found, ..
                } => {
                    let answer = Answer::Listed(found.clone(), false);
                    state.put(Flying::Answer {
                        to: *from,
                        op: *op,
                        answer,
                    });
                }
                Flying::Work { from, op, .. } => {
                    let answer = Answer::Garbled;
                    state.put(Flying::Answer {
                        to: *from,
                        op: *op,
                        answer,
                    });
                }
                it => {
                    if let Some((to, op, kind)) = it.waiter() {
                        lose(state, to, op, kind);
                    }
                }
            }
        }
        Action::Pause(slot, paused) => {
            state.left.pauses -= u8::from(paused);
            let mut gateway = (*state.gateways[slot]).clone();
            gateway.paused = paused;
            state.gateways[slot] = Hashed::new(gateway);
        }
        Action::Restart(slot) => restart(state, slot),
        Action::Ask(slot, group) => {
            state.left.questions -= 1;
            state.call(slot, Caller::Client, |call| Input::Assign { call, group });
        }
        Action::Move(slot, group, to) => {
            state.left.moves = state.left.moves.saturating_sub(1);
            want(state, [group.clone()]);
            let to = Some(names::addr(to));
            state.call(slot, Caller::Client, |call| Input::Reassign {
                call,
                group,
                to,
            });
        }
        Action::Drain(slot, of) => {
            state.left.moves -= 1;
            want(state, names::groups());
            let gateway: GatewayAddr = names::addr(of);
            state.call(slot, Caller::Client, |call| Input::Drain { call, gateway });
        }
    }
}

fn lose(state: &mut State, to: Pid, op: groupkeeper_registry::machine::OpId, kind: Kind) {
    if state.lives(to) {
        state.put(Flying::Answer {
            to,
            op,
            answer: Answer::Lost(kind),
        });
    }
}

fn want(state: &mut State, groups: impl IntoIterator<Item = groupkeeper_types::GroupName>) {
    let mut history = (*state.history).clone();
    history.wanted.extend(groups);
    history.wanted.sort();
    history.wanted.dedup();
    state.history = Hashed::new(history);
}

/// Whether something keeps time from passing by itself.
fn busy(state: &State, flying: &Flying) -> bool {
    match flying {
        Flying::Heartbeat { to, waits, .. } => *waits && !state.gateways[*to].paused,
        Flying::Answer { to, .. } => !state.gateways[to.0].paused,
        Flying::Making { .. } => true,
        flying => flying.waiter().is_some(),
    }
}

fn is_write(flying: &Flying) -> bool {
    use groupkeeper_registry::machine::StoreWork::{Begin, Commit, Verify};
    matches!(
        flying,
        Flying::Work {
            work: Begin { .. } | Commit(_) | Verify(_),
            ..
        }
    )
}

fn can_be_half(flying: &Flying) -> bool {
    use groupkeeper_registry::machine::StoreWork::Load;
    matches!(
        flying,
        Flying::Making { .. } | Flying::Listing { .. } | Flying::Work { work: Load(_), .. }
    )
}

fn fresh(pid: Pid) -> Hashed<Gateway> {
    let timing = crate::timing();
    let config = Config {
        timing,
        ..Config::default()
    };
    Hashed::new(Gateway {
        pid,
        machine: Machine::new(names::record(pid), config),
        paused: false,
        believes: false,
        calls: BTreeMap::new(),
        view: BTreeMap::new(),
        held: BTreeMap::new(),
        applied: Stamp::ZERO,
        fresh_until: Moment::ZERO,
        lease_until: Moment::ZERO,
        leads: false,
        members: MemberList::default(),
        issued: None,
    })
}

/// What the dead one asked for may still arrive; what it was told is lost, and so is what it would
/// have answered.
fn restart(state: &mut State, slot: usize) {
    state.left.restarts -= 1;
    let old = state.gateways[slot].clone();
    for (it, count) in std::mem::take(&mut state.flying) {
        let its = matches!(&*it, Flying::Answer { to, .. } if *to == old.pid)
            || it.waiter().is_some_and(|(from, ..)| from == old.pid);
        if !its {
            state.flying.insert(it, count);
        } else if let Some(late) = it.given_up() {
            state.put(late);
        }
    }
    for caller in old.calls.values() {
        if let Caller::Heartbeat(Some((to, op))) = caller {
            lose(state, *to, *op, Kind::Heartbeat);
        }
    }
    state.gateways[slot] = fresh((slot, old.pid.1 + 1));
}

/// Runs without faults until each gateway has its group and a lease.
fn settle(mut state: State) -> State {
    let without = Fleet {
        faults: Faults::default(),
        settled: false,
    };
    apply(&mut state, Action::Lock(0, true));
    let mut asked = 0;
    for _ in 0..1_000 {
        let mut actions = Vec::new();
        state.left.time = 1;
        without.actions(&state, &mut actions);
        let owns = |it: &Hashed<Gateway>| it.machine.owned(state.moment()).next().is_some();
        let settled = state.gateways.iter().all(owns);
        if actions == [Action::Advance]
            && settled
            && state
                .gateways
                .iter()
                .all(|it| it.applied == state.gateways[0].applied)
        {
            return state;
        }
        let members = state.store.gateways.len() == names::GATEWAYS;
        let action = match actions.swap_remove(0) {
            Action::Advance if members && asked < 2 => {
                asked += 1;
                let group = names::groups().nth(asked - 1).expect("it has two");
                state.left.questions = 1;
                Action::Ask(0, group)
            }
            action => action,
        };
        apply(&mut state, action);
    }
    panic!("a fleet without faults does not settle: {:?}", state.store);
}
