//! A machine takes a step, and its effects are carried out.

use groupkeeper_registry::machine::{CallId, Effect, Input, LockNews, Reply, StoreWork};

use crate::apply::Step;
use crate::flight::{Answer, Flight, What};
use crate::names;
use crate::seen::Kind;
use crate::state::{Broken, Caller, Gateway};

impl Step<'_> {
    /// Gives a machine inputs, one after the other.
    pub(crate) fn step(&mut self, slot: usize, inputs: Vec<Input>) {
        let mut gateway = Gateway::clone(&self.state.gateways[slot]);
        for input in inputs {
            self.feed(&mut gateway, input);
        }
        self.state.seat(slot, gateway);
    }

    fn feed(&mut self, gateway: &mut Gateway, input: Input) {
        if let Input::Lock(news) = &input {
            gateway.believes = matches!(news, LockNews::Mine { .. });
        }
        let mut effects = Vec::new();
        gateway
            .machine
            .step(self.state.moment(), input, &mut effects);
        for effect in effects {
            self.carry_out(gateway, effect);
        }
        gateway.publish();
    }

    /// Gives a machine a call under the smallest number that is free.
    pub(crate) fn call(
        &mut self,
        slot: usize,
        caller: Caller,
        input: impl FnOnce(CallId) -> Input,
    ) {
        let mut gateway = Gateway::clone(&self.state.gateways[slot]);
        let free = |call: &CallId| !gateway.calls.contains_key(call);
        let call = (0..).map(CallId).find(free).unwrap_or(CallId(0));
        gateway.calls.insert(call, caller);
        self.feed(&mut gateway, input(call));
        self.state.seat(slot, gateway);
    }

    fn carry_out(&mut self, gateway: &mut Gateway, effect: Effect) {
        let pid = gateway.pid;
        match effect {
            Effect::Store { op, work } => {
                if let StoreWork::Commit(batch) = &work {
                    self.judge(gateway, batch);
                }
                self.send(pid, What::Work(work), op);
            }
            Effect::List { op, slowly: _ } => self.send(pid, What::Listing(0, Vec::new()), op),
            Effect::Heartbeat { op, to, heartbeat } => {
                self.send(pid, What::Heartbeat(names::slot_of(&to), heartbeat), op);
            }
            Effect::Leave { op, to, leave } => {
                self.send(pid, What::Leave(names::slot_of(&to), leave), op);
            }
            Effect::TellResigned { to, resigned } => {
                let to = self.state.gateways[names::slot_of(&to)].pid;
                self.state
                    .put(Flight::asking(to, What::Resigned(resigned)), None);
            }
            Effect::Reply { call, reply } => {
                if let Some(caller) = gateway.calls.remove(&call) {
                    self.reply(gateway, &caller, reply);
                }
            }
            Effect::Learn(decision) => {
                gateway.view.insert(decision.group.clone(), decision);
            }
            Effect::LearnAll(decisions) => {
                let named = decisions.into_iter().map(|it| (it.group.clone(), it));
                gateway.view.extend(named);
            }
            Effect::Forget(group) => drop(gateway.view.remove(&group)),
            Effect::ForgetAll => gateway.view.clear(),
            Effect::Hold { group, stamp } => drop(gateway.held.insert(group, stamp)),
            Effect::HoldAll(held) => gateway.held.extend(held),
            Effect::Release(group) => drop(gateway.held.remove(&group)),
            Effect::ReleaseAll => gateway.held.clear(),
            Effect::YieldLock | Effect::QuitLock => gateway.believes = false,
            Effect::Campaign | Effect::Report(_) => {}
        }
    }

    fn send(&mut self, pid: names::Pid, what: What, op: groupkeeper_registry::machine::OpId) {
        self.state.put(Flight::asking(pid, what), Some(op));
    }

    fn reply(&mut self, gateway: &mut Gateway, caller: &Caller, reply: Reply) {
        let answer = match (caller, reply) {
            (_, Reply::Found(Ok(found))) => {
                let decision = &found.decision;
                let stored = self.state.store.effective(&decision.group);
                if stored.is_none_or(|stored| stored.stamp < decision.stamp) {
                    self.state.broken = Some(Broken::Durable);
                }
                if let Caller::Asker(pid) = caller
                    && self.state.lives(*pid)
                {
                    let told = Flight::asking(*pid, What::Told(found));
                    self.state.put(told, None);
                }
                return;
            }
            (Caller::Client, Reply::Done(_)) => {
                // Whoever was told to stop has stopped, and its process ends.
                if gateway.has_stopped() {
                    gateway.gone = true;
                    self.note(Kind::Left);
                }
                return;
            }
            (_, Reply::Ack(result)) => Answer::Acked(result),
            (_, Reply::Done(result)) => Answer::Left(result),
            (_, Reply::Found(Err(_))) => return,
        };
        if let Caller::Gateway(Some((pid, op))) = caller
            && self.state.lives(*pid)
        {
            self.state.put(Flight::answer(*pid, answer), Some(*op));
        }
    }
}

impl Gateway {
    /// Takes over what the machine says of itself.
    pub(crate) fn publish(&mut self) {
        let head = self.machine.head();
        self.applied = head.applied;
        self.fresh_until = head.fresh_until;
        self.lease_until = head.lease_until;
        self.role = head.role;
        self.members = head.members;
    }

    fn has_stopped(&self) -> bool {
        self.machine.deadline() == groupkeeper_types::Moment::NEVER
    }
}
