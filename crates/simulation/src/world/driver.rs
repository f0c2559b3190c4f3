//! What the registry's driver does with a machine's effects, without tasks and sockets.

use std::sync::Arc;

use groupkeeper_registry::machine::{CallId, Effect, Input, OpId, Reply, StoreWork};
use groupkeeper_registry::peer::{Decision, Role};
use groupkeeper_types::{GroupName, Stamp};

use super::process::{Call, Caller, Farewell};
use super::{World, trace};
use crate::clock::{ms, s};
use crate::event::{Event, Pending, Pid, Request, Waiter};
use crate::invariants::Seen;
use crate::names;

impl World {
    /// Gives a machine one input and does what it says.
    pub(crate) fn step(&mut self, pid: Pid, input: Input) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let now = self.hosts[process.slot].clock.show(self.now);
        if self.trace.is_on() && input != Input::Tick {
            trace!(self, "p{pid} <- {}", crate::words::input(&input));
        }
        if process.steps_now.0 != self.now {
            process.steps_now = (self.now, 0);
        }
        process.steps_now.1 += 1;
        process.steps += 1;
        let before = process.view.head.lease_until;
        let mut effects = std::mem::take(&mut self.effects);
        process.machine.step(now, input, &mut effects);
        let size = effects.len();
        let mut held = self.carry_out(pid, &mut effects);
        self.effects = effects;
        self.publish(pid);
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        let lease = process.view.head.lease_until;
        if before <= now && now < lease {
            // A lease that was over is there again, and with it everything that is held.
            held = process
                .view
                .owned(now)
                .into_iter()
                .map(|(group, _)| group)
                .collect();
        }
        let leads = process.view.head.role == Role::Leader;
        let heard_on = process.heard_on;
        self.see(&Seen::Stepped { pid, effects: size });
        if lease > before && now < lease {
            let side = if leads {
                self.sides.branch(pid)
            } else {
                heard_on
            };
            if let Some(process) = self.processes.get_mut(&pid) {
                process.leased_on = side;
            }
            self.see(&Seen::Leased { pid });
        }
        if !held.is_empty() {
            self.counts.owned += held.len() as u64;
            self.see(&Seen::Owns { pid, groups: &held });
        }
    }

    fn publish(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let head = process.machine.head();
        if head != process.view.head {
            let role = head.role != process.view.head.role;
            let listed = !Arc::ptr_eq(&head.members, &process.view.head.members);
            if role && self.trace.is_on() {
                let text = format!("p{pid} is now {:?} as of {}", head.role, head.applied);
                self.trace.note(self.now, || text);
            }
            process.view.publish(head);
            if role {
                self.counts.roles += 1;
            }
            self.wake_queries(pid);
            if listed {
                self.see(&Seen::Listed { pid });
            }
        }
        self.plan_machine_timer(pid);
    }

    fn plan_machine_timer(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let when = self.hosts[process.slot]
            .clock
            .when(process.machine.deadline());
        // A timer is late by a little, now and then by a lot.
        let late = self.random.span(1, ms(10));
        let when = when.max(self.now).saturating_add(late);
        if when < process.machine_timer {
            process.machine_timer = when;
            self.schedule.at(when, Event::MachineTimer(pid));
        }
    }

    pub(crate) fn machine_timer(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        // An earlier one was planned since.
        if self.now < process.machine_timer {
            return;
        }
        process.machine_timer = u64::MAX;
        let now = self.hosts[process.slot].clock.show(self.now);
        if now >= process.machine.deadline() {
            self.step(pid, Input::Tick);
        } else {
            self.plan_machine_timer(pid);
        }
    }

    /// Does what a machine says; the groups that its gateway may act for from now on.
    fn carry_out(&mut self, pid: Pid, effects: &mut Vec<Effect>) -> Vec<usize> {
        let quits = effects.contains(&Effect::QuitLock);
        let mut held = Vec::new();
        let mut tell = Vec::new();
        let mut replies = Vec::new();
        for effect in effects.drain(..) {
            match effect {
                Effect::Store { op, work } => self.ask_store(pid, op, work),
                Effect::List { op, slowly: _ } => self.list(pid, op),
                Effect::Heartbeat { op, to, heartbeat } => {
                    let limit = self.config.timing.heartbeat_call();
                    let sent = self.now;
                    let waiter = self.wait(pid, Pending::Heartbeat { op, sent });
                    self.call(
                        pid,
                        names::rpc_slot(&to),
                        waiter,
                        Request::Heartbeat(Box::new(heartbeat)),
                        limit,
                    );
                }
                Effect::Leave { op, to, leave } => {
                    let limit = self.config.timing.lease;
                    let waiter = self.wait(pid, Pending::Leave(op));
                    self.call(
                        pid,
                        names::rpc_slot(&to),
                        waiter,
                        Request::Leave(leave),
                        limit,
                    );
                }
                Effect::TellResigned { to, resigned } => tell.push((to, resigned)),
                Effect::Reply {
                    call,
                    reply: reply @ Reply::Done(_),
                } if quits => replies.push((call, reply)),
                Effect::Reply { call, reply } => self.reply(pid, call, reply),
                Effect::Learn(decision) => self.learn(pid, [decision]),
                Effect::LearnAll(decisions) => self.learn(pid, decisions),
                Effect::Forget(group) => {
                    if let Some(process) = self.processes.get_mut(&pid) {
                        process.view.forget(Some(&group));
                    }
                }
                Effect::ForgetAll => {
                    trace!(self, "p{pid} forgets its cache");
                    if let Some(process) = self.processes.get_mut(&pid) {
                        process.view.forget(None);
                    }
                }
                Effect::Hold { group, stamp } => held.extend(self.hold(pid, [(group, stamp)])),
                Effect::HoldAll(groups) => held.extend(self.hold(pid, groups)),
                Effect::Release(group) => {
                    if let Some(process) = self.processes.get_mut(&pid) {
                        process.view.release(Some(&group));
                    }
                }
                Effect::ReleaseAll => {
                    if let Some(process) = self.processes.get_mut(&pid) {
                        process.view.release(None);
                    }
                }
                Effect::Campaign => self.stand(pid),
                Effect::YieldLock => {
                    if let Some(process) = self.processes.get_mut(&pid) {
                        process.stands = false;
                    }
                    self.resign(pid, Farewell::Yield);
                }
                Effect::QuitLock => {
                    if let Some(process) = self.processes.get_mut(&pid) {
                        (process.lock_unwanted, process.quit) = (true, true);
                    }
                }
                Effect::Report(report) => {
                    trace!(self, "p{pid} says: {report}");
                    self.counts.report(&report);
                }
            }
        }
        if quits {
            self.resign(pid, Farewell::Leave { tell, replies });
            self.after(ms(500), Event::Farewell { pid });
        }
        held
    }

    fn learn(&mut self, pid: Pid, decisions: impl IntoIterator<Item = Decision>) {
        if let Some(process) = self.processes.get_mut(&pid) {
            process.view.learn(decisions);
        }
    }

    /// Which groups those are.
    fn hold(
        &mut self,
        pid: Pid,
        groups: impl IntoIterator<Item = (GroupName, Stamp)>,
    ) -> Vec<usize> {
        let process = self.processes.get_mut(&pid);
        process.map_or_else(Vec::new, |process| process.view.hold(groups))
    }

    /// Something that an answer is to come for.
    pub(crate) fn wait(&mut self, pid: Pid, pending: Pending) -> Waiter {
        let mut token = 0;
        if let Some(process) = self.processes.get_mut(&pid) {
            process.last_token += 1;
            token = process.last_token;
            process.pending.insert(token, pending);
        }
        Waiter { pid, token }
    }

    /// Gives a call to the machine under a number of its own.
    pub(crate) fn admit(
        &mut self,
        pid: Pid,
        to: Caller,
        input: impl FnOnce(CallId) -> Input,
    ) -> CallId {
        let Some(process) = self.processes.get_mut(&pid) else {
            return CallId(0);
        };
        process.last_call += 1;
        let call = CallId(process.last_call);
        let input = input(call);
        let group = match &input {
            Input::Assign { group, .. } | Input::Reassign { group, .. } => Some(group.clone()),
            _ => None,
        };
        let leaves = matches!(input, Input::Leave { .. } | Input::Drain { .. });
        process.calls.insert(call, Call { to, group });
        self.step(pid, input);
        let waits = self
            .processes
            .get(&pid)
            .is_some_and(|process| process.calls.contains_key(&call));
        if waits && !matches!(to, Caller::Stop) {
            let timing = &self.config.timing;
            let limit = if leaves { timing.lease } else { timing.find };
            let limit = u64::try_from(limit.as_micros()).unwrap_or(s(10));
            let delay = limit + self.random.between(0, s(1));
            self.after(delay, Event::Sweep { pid, call: call.0 });
        }
        call
    }

    /// Nobody waits for a call any longer.
    pub(crate) fn sweep(&mut self, pid: Pid, call: u64) {
        let call = CallId(call);
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(swept) = process.calls.remove(&call) else {
            return;
        };
        process.swept.insert(call);
        if let Some(group) = swept.group {
            self.step(pid, Input::Abandon { call, group });
        }
    }

    pub(crate) fn store_op(&mut self, pid: Pid, op: OpId, work: &StoreWork) {
        if let StoreWork::Commit(batch) = work {
            self.see(&Seen::Issued { pid, batch });
        }
        trace!(
            self,
            "p{pid} asks the store: {}",
            crate::words::work(op, work)
        );
    }
}
