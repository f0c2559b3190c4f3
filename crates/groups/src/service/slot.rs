use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use groupkeeper_types::{GroupName, Moment, Stamp};
use tokio::sync::{Notify, oneshot, watch};

use super::groups::Shared;
use crate::calls::{Described, GroupError, Lease};
use crate::machine::{Answer, CallId, Input, Machine, Now, Request};
use crate::record::GroupBody;

/// How long a group that nobody is in stays in memory after its last call.
const UNUSED: Duration = Duration::from_secs(60);

/// One group as this gateway serves it under one token.
#[derive(Debug)]
pub(super) struct Slot {
    lease: Arc<dyn Lease>,
    token: Stamp,
    state: Mutex<State>,
    /// `true` once the record was read, or could not be.
    loaded: watch::Sender<bool>,
    /// There is something to write, or to do earlier than was thought.
    pub(super) news: Notify,
}

#[derive(Debug)]
struct State {
    stage: Stage,
    waiting: BTreeMap<CallId, oneshot::Sender<Answer>>,
    calls: u64,
    last_call: Moment,
    /// Until when the runner waits, unless there are news.
    wakes: Moment,
}

#[derive(Debug)]
enum Stage {
    Loading,
    Serving(Box<Machine>),
    /// Why; nothing where it was only not used.
    Ended(Option<GroupError>),
}

/// How a call came out.
pub(super) enum Asked {
    Answered(Answer),
    Ended(GroupError),
    /// The group was dropped for want of use just then.
    Unused,
}

/// What the runner does next.
pub(super) enum Next {
    Write(GroupBody),
    Wait(Moment),
    End,
}

impl Slot {
    pub(super) fn new(lease: Arc<dyn Lease>, now: Moment) -> Self {
        let state = State {
            stage: Stage::Loading,
            waiting: BTreeMap::new(),
            calls: 0,
            last_call: now,
            wakes: Moment::ZERO,
        };
        Self {
            token: lease.token(),
            lease,
            state: Mutex::new(state),
            loaded: watch::Sender::new(false),
            news: Notify::new(),
        }
    }

    pub(super) fn group(&self) -> &GroupName {
        self.lease.group()
    }

    pub(super) const fn token(&self) -> Stamp {
        self.token
    }

    /// Whether this gateway still has the group, by the decision under which it was loaded.
    pub(super) fn is_owned(&self) -> bool {
        self.lease.is_valid()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state().stage, Stage::Ended(_))
    }

    pub(super) fn serve(&self, machine: Machine) {
        let mut state = self.state();
        if let Stage::Loading = state.stage {
            state.stage = Stage::Serving(Box::new(machine));
        }
        drop(state);
        self.loaded.send_replace(true);
    }

    /// Nothing is answered from here any more; whoever waits hears this error, or asks again.
    pub(super) fn end(&self, error: Option<GroupError>) {
        let waiting = {
            let mut state = self.state();
            if !matches!(state.stage, Stage::Ended(_)) {
                state.stage = Stage::Ended(error);
            }
            std::mem::take(&mut state.waiting)
        };
        drop(waiting);
        self.loaded.send_replace(true);
        self.news.notify_one();
    }

    pub(super) async fn ask(&self, shared: &Shared, request: Request<'_>) -> Asked {
        let mut loaded = self.loaded.subscribe();
        // The sender is our own, so it is not gone.
        drop(loaded.wait_for(|loaded| *loaded).await);
        let (sender, answer) = oneshot::channel();
        {
            let now = shared.now();
            let mut state = self.state();
            state.last_call = now.moment;
            state.calls += 1;
            let call = CallId(state.calls);
            let Stage::Serving(machine) = &mut state.stage else {
                return state.ended();
            };
            let answers = machine.step(now, Input::Call(call, request));
            let (deadline, writes) = (machine.deadline(), machine.wants_to_write());
            state.waiting.insert(call, sender);
            state.deliver(answers);
            if writes || deadline < state.wakes {
                self.news.notify_one();
            }
        }
        match answer.await {
            Ok(answer) => Asked::Answered(answer),
            Err(_) => self.state().ended(),
        }
    }

    /// Lets time pass, and tells what is to be done.
    pub(super) fn next(&self, now: Now) -> Next {
        let mut state = self.state();
        let unused = now.moment >= state.last_call + UNUSED && state.waiting.is_empty();
        let Stage::Serving(machine) = &mut state.stage else {
            return Next::End;
        };
        let answers = machine.step(now, Input::Tick);
        if let Some(body) = machine.to_write() {
            state.deliver(answers);
            return Next::Write(body);
        }
        if unused && machine.is_idle() {
            state.stage = Stage::Ended(None);
            return Next::End;
        }
        let deadline = machine.deadline();
        state.deliver(answers);
        state.wakes = deadline;
        // Calls whose clients have gone are never heard of again.
        state.waiting.retain(|_, sender| !sender.is_closed());
        Next::Wait(deadline)
    }

    /// What was given to be written is stored.
    pub(super) fn written(&self, now: Moment) {
        let mut state = self.state();
        if let Stage::Serving(machine) = &mut state.stage {
            let answers = machine.written(now);
            state.deliver(answers);
        }
    }

    /// As tools are shown it now; `None` while it is not loaded.
    pub(super) fn described(&self) -> Option<Described> {
        match &self.state().stage {
            Stage::Serving(machine) => Some(machine.describe()),
            Stage::Loading | Stage::Ended(_) => None,
        }
    }
}

impl State {
    fn deliver(&mut self, answers: Vec<(CallId, Answer)>) {
        for (call, answer) in answers {
            if let Some(sender) = self.waiting.remove(&call) {
                // Its client may have gone.
                drop(sender.send(answer));
            }
        }
    }

    fn ended(&self) -> Asked {
        match self.stage {
            Stage::Ended(None) => Asked::Unused,
            Stage::Ended(Some(error)) => Asked::Ended(error),
            Stage::Loading | Stage::Serving(_) => Asked::Ended(GroupError::Unknown),
        }
    }
}
