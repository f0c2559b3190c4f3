//! What a gateway asks for and tells, step by step.

use std::hash::{Hash, Hasher};

use super::Ctx;
use crate::machine::{CallId, Effect, OpId, Reply, Report, StoreWork};
use crate::peer::{Decision, Found, PeerError};

/// What is remembered of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(in crate::machine) struct Output {
    /// What stands in the way, as people were told.
    problem: Option<String>,
    ops: OpsSoFar,
}

/// How many operations there have been. Machines that differ in this alone do the same from here on,
/// so it is not hashed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct OpsSoFar(u64);

impl Hash for OpsSoFar {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Output {
    pub(in crate::machine) fn problem(&self) -> Option<&String> {
        self.problem.as_ref()
    }

    /// Whatever stood in the way of what this gateway was before is of no interest any more.
    pub(in crate::machine) fn drop_problem(&mut self) {
        self.problem = None;
    }
}

impl Ctx<'_> {
    /// A number for a new operation.
    pub(in crate::machine) fn op(&mut self) -> OpId {
        let ops = &mut self.core.output.ops.0;
        *ops += 1;
        OpId(*ops)
    }

    /// Asks the store.
    pub(in crate::machine) fn store(&mut self, work: StoreWork) -> OpId {
        let op = self.op();
        self.out.push(Effect::Store { op, work });
        op
    }

    /// Answers a call.
    pub(in crate::machine) fn reply(&mut self, call: CallId, reply: Reply) {
        self.out.push(Effect::Reply { call, reply });
    }

    /// Answers a call about a group with a decision.
    pub(in crate::machine) fn found(&mut self, call: CallId, decision: Decision) {
        let as_of = self.core.known.applied;
        self.reply(call, Reply::Found(Ok(Found { decision, as_of })));
    }

    /// Says "not now" about a group.
    pub(in crate::machine) fn not_available(&mut self, call: CallId, why: &str) {
        self.reply(call, Reply::Found(Err(PeerError::not_available(why))));
    }

    /// Tells people of something in the ordinary course of things.
    pub(in crate::machine) fn info(&mut self, text: String) {
        self.out.push(Effect::Report(Report::Info(text)));
    }

    /// Tells people of something that should not have happened.
    pub(in crate::machine) fn alarm(&mut self, text: String) {
        self.out.push(Effect::Report(Report::Alarm(text)));
    }

    /// Tells people of a problem, once as long as it stays the same.
    pub(in crate::machine) fn problem(&mut self, text: String) {
        if self.core.output.problem.as_ref() != Some(&text) {
            self.alarm(text.clone());
            self.core.output.problem = Some(text);
        }
    }

    /// Tells people of something that may pass by itself, once for as long as it lasts: the cause may
    /// be worded differently at every try.
    pub(in crate::machine) fn trouble(&mut self, text: String) {
        if self.core.output.problem.is_none() {
            self.problem(text);
        }
    }

    /// What stood in the way has passed.
    pub(in crate::machine) fn trouble_is_over(&mut self) {
        if let Some(problem) = self.core.output.problem.take() {
            self.info(format!("this has passed: {problem}"));
        }
    }
}
