use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_types::{Moment, WallTime};

use crate::config::GroupConfig;
use crate::machine::{Answer, CallId, Input, Machine, Now, Request};
use crate::record::GroupBody;

/// One group, the time, and what was answered.
pub(super) struct Play {
    pub(super) machine: Machine,
    now: Moment,
    pub(super) calls: u64,
    answers: BTreeMap<CallId, Answer>,
    /// Whether everything is written at once.
    pub(super) writes: bool,
    /// What was written last.
    pub(super) body: Option<GroupBody>,
}

impl Play {
    pub(super) fn new() -> Self {
        Self::of(Machine::new(GroupConfig::default()), Moment::ZERO)
    }

    fn of(machine: Machine, now: Moment) -> Self {
        Self {
            machine,
            now,
            calls: 0,
            answers: BTreeMap::new(),
            writes: true,
            body: None,
        }
    }

    /// The next owner, of what was written last.
    pub(super) fn taken_over(&self) -> Self {
        let body = self.body.clone().unwrap_or_default();
        let now = self.now();
        let machine = Machine::restored(GroupConfig::default(), body, now);
        let mut next = Self::of(machine, self.now);
        next.calls = self.calls + 1_000;
        next
    }

    fn now(&self) -> Now {
        Now {
            moment: self.now,
            wall: WallTime::from_millis(1),
        }
    }

    /// Everything that is due happens on the way.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while self.machine.deadline() <= end {
            self.now = self.machine.deadline().max(self.now);
            let before = self.machine.deadline();
            self.step(Input::Tick);
            assert_ne!(
                self.machine.deadline(),
                before,
                "a tick that is due changes something"
            );
        }
        self.now = end;
        self.step(Input::Tick);
    }

    /// The time goes on, and nobody looks.
    pub(super) fn jump(&mut self, span: Duration) {
        self.now = self.now + span;
    }

    pub(super) fn tick(&mut self) {
        self.step(Input::Tick);
    }

    /// What was given to be written is.
    pub(super) fn was_written(&mut self) {
        let answers = self.machine.written(self.now);
        self.answers.extend(answers);
    }

    fn step(&mut self, input: Input<'_>) {
        let answers = self.machine.step(self.now(), input);
        self.answers.extend(answers);
        if self.writes {
            self.write();
        }
    }

    pub(super) fn write(&mut self) {
        while let Some(body) = self.machine.to_write() {
            self.body = Some(body);
            let answers = self.machine.written(self.now);
            self.answers.extend(answers);
        }
    }

    pub(super) fn call(&mut self, request: Request<'_>) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        self.step(Input::Call(call, request));
        call
    }

    pub(super) fn answer(&mut self, call: CallId) -> Option<Answer> {
        self.answers.remove(&call)
    }

    pub(super) fn ask(&mut self, request: Request<'_>) -> Answer {
        let call = self.call(request);
        self.answer(call).expect("it is answered at once")
    }
}
