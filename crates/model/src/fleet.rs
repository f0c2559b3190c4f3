use std::collections::BTreeMap;
use std::sync::Arc;

use groupkeeper_registry::machine::Machine;
use groupkeeper_registry::peer::{Decision, Role};
use groupkeeper_registry::{Config, Timing};
use groupkeeper_types::{Moment, Stamp};
use stateright::{Model, Property};

use crate::actions::{Action, InFlight};
use crate::apply::Step;
use crate::bounds::{Bounds, Budget, Start};
use crate::canon::Shared;
use crate::flight::{Flight, What};
use crate::names::{self, Pid};
use crate::seen::Seen;
use crate::state::{Gateway, History, Seat, State, Store};
use crate::time;

/// A fleet of two gateways and what it stands on, within bounds.
#[derive(Debug)]
pub struct Fleet {
    pub(crate) bounds: Bounds,
    /// What a search has come upon.
    pub seen: Arc<Seen>,
}

impl Fleet {
    /// One that is searched within these bounds.
    pub fn new(bounds: Bounds) -> Self {
        let seen = Arc::default();
        Self { bounds, seen }
    }

    pub(crate) fn timing(&self) -> Timing {
        time::timing(self.bounds.lease)
    }

    /// A process that has just been started.
    pub(crate) fn fresh(&self, pid: Pid) -> Gateway {
        let timing = self.timing();
        let config = Config {
            timing,
            // It would be read for ever.
            scrub_every: None,
            // A fleet of two would pass it to and fro.
            lends_lock: false,
            ..Config::default()
        };
        Gateway {
            pid,
            machine: Machine::new(names::record(pid), config),
            paused: false,
            gone: false,
            believes: false,
            calls: BTreeMap::new(),
            view: BTreeMap::new(),
            held: BTreeMap::new(),
            issued: None,
            applied: Stamp::ZERO,
            fresh_until: Moment::ZERO,
            lease_until: Moment::ZERO,
            role: Role::Follower,
            members: Arc::default(),
        }
    }

    fn take(&self, state: &mut State, action: Action) {
        let fleet = self;
        let mut step = Step {
            state: state.clone(),
            fleet,
        };
        step.apply(action);
        *state = step.state;
    }

    /// Moves one group by hand, until its assignment is written and the record is not.
    fn move_half(&self, state: &mut State) {
        let mine = |it: &&Decision| it.coordinator == *names::addr(0);
        let mine = state.store.assignments.values().find(mine);
        let group = mine.map(|it| it.group.clone());
        let group = group.expect("each gateway has a group");
        state.left.moves = 1;
        self.take(state, Action::Move(0, group, 1));
        for _ in 0..100 {
            let begun =
                |(flight, _): &&(Shared<Flight>, _)| matches!(flight.what, What::Making(_, 1));
            if let Some(half) = state.flying.iter().find(begun).cloned() {
                state.left.halves = 1;
                return self.take(state, Action::Half(InFlight(half)));
            }
            let mut actions = Vec::new();
            state.actions(&mut actions);
            self.take(state, actions.swap_remove(0));
        }
        panic!("no commit moves a group: {}", state.told());
    }

    /// Runs without faults until each gateway has its group and a lease.
    fn settle(&self, state: &mut State) {
        let mut asked = 0;
        for _ in 0..1_000 {
            let mut actions = Vec::new();
            state.actions(&mut actions);
            let owns = |it: &Seat| it.machine.owned(state.moment()).next().is_some();
            let same = |it: &Seat| it.applied == state.gateways[0].applied;
            let all = &state.gateways;
            if actions == [Action::Advance] && all.iter().all(|it| owns(it) && same(it)) {
                return;
            }
            let members = state.store.gateways.len() == names::GATEWAYS;
            let action = match actions.swap_remove(0) {
                Action::Advance if members && asked < 2 => {
                    let group = names::groups()[asked].clone();
                    asked += 1;
                    state.left.questions = 1;
                    Action::Ask(0, group)
                }
                action => action,
            };
            self.take(state, action);
        }
        panic!("a fleet without faults does not settle: {}", state.told());
    }
}

impl Model for Fleet {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut state = State {
            now: 0,
            gateways: Vec::new(),
            store: Shared::new(Store::default()),
            flying: Vec::new(),
            history: Shared::new(History::default()),
            left: Budget::default(),
            broken: None,
        };
        for slot in 0..names::GATEWAYS {
            let gateway = self.fresh((slot, 0));
            let seat = Seat::new(gateway, state.moment());
            state.gateways.push(seat);
        }
        if self.bounds.start != Start::Nothing {
            state.left.terms = 1;
            self.take(&mut state, Action::Lock(0, true));
            self.settle(&mut state);
        }
        if self.bounds.start == Start::HalfMoved {
            self.move_half(&mut state);
        }
        state.left = self.bounds.budget;
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        state.actions(actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let state = last.clone();
        let fleet = self;
        let mut step = Step { state, fleet };
        step.apply(action);
        Some(step.state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::properties::all(self.bounds.must_see)
    }
}
