//! Starts and ends of processes.

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_election::{Campaign, CampaignConfig};
use groupkeeper_registry::machine::{CallId, Input, Machine, Reply};
use groupkeeper_registry::peer::Resigned;
use groupkeeper_types::RpcAddr;

use super::process::{Caller, Process, Stop};
use super::view::View;
use super::{World, trace};
use crate::clock::{Time, ms, s};
use crate::event::{Event, Pid, Request, Response};
use crate::faults::{Kind, Undo};
use crate::invariants::Seen;
use crate::names;

impl World {
    /// A new process begins at an address.
    pub(crate) fn start(&mut self, slot: usize) {
        let pid = self.started;
        self.started += 1;
        let me = GatewayRecord {
            addr: self.hosts[slot].addr.clone(),
            incarnation: self.random.incarnation(),
            rpc: names::rpc(slot),
        };
        let timing = &self.config.timing;
        let config = CampaignConfig {
            ttl: timing.lock_ttl,
            renew_every: timing.renew_every,
            call_timeout: timing.lock_call,
            retry_every: timing.retry_every,
            drift_ppm: timing.drift_ppm,
            margin: timing.margin,
        };
        let campaign = Campaign::new(config, self.random.seed()).expect("valid timings");
        let config = match &self.changed {
            Some(changed) if self.random.chance(500) => {
                self.counts.fault(Kind::Timings);
                changed.clone()
            }
            _ => self.config.clone(),
        };
        let machine = Machine::new(me.clone(), config);
        trace!(self, "p{pid} starts at {}", me.addr);
        let view = View::new(machine.head());
        let keep = self.config.timing.retry_every;
        self.processes
            .insert(pid, Process::new(slot, me, machine, campaign, view, keep));
        self.hosts[slot].listening = Some(pid);
        self.sides.set_branch(pid, self.hosts[slot].side);
        self.campaign(pid, Campaign::start);
        self.step(pid, Input::Tick);
    }

    /// A process ends, without a word.
    pub(crate) fn kill(&mut self, pid: Pid) {
        let Some(process) = self.processes.remove(&pid) else {
            return;
        };
        trace!(self, "p{pid} ends");
        let slot = process.slot;
        if self.hosts[slot].listening == Some(pid) {
            let others = self.processes.iter().rev();
            let mut others = others.filter(|(_, process)| process.slot == slot);
            self.hosts[slot].listening = others.next().map(|(pid, _)| *pid);
        }
        self.see(&Seen::Ends { pid });
    }

    /// A process is stopped by a signal; its clock runs on.
    pub(crate) fn pause(&mut self, pid: Pid) {
        if let Some(process) = self.processes.get_mut(&pid)
            && process.paused.is_none()
        {
            process.paused = Some(Vec::new());
            process.paused_at = self.now;
            trace!(self, "p{pid} is paused");
        }
    }

    pub(crate) fn resume(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(backlog) = process.paused.take() else {
            return;
        };
        let lease = u64::try_from(self.config.timing.lease.as_micros()).unwrap_or(u64::MAX);
        self.counts.long_pauses += u64::from(self.now - process.paused_at > lease);
        trace!(self, "p{pid} goes on");
        // Its tasks wake in any order; only the parts of a listing come through one queue.
        let mut parts: Time = 0;
        for event in backlog {
            let mut delay = self.random.span(0, ms(3));
            if matches!(
                event,
                Event::Response {
                    body: Response::Part(_),
                    ..
                }
            ) {
                parts = parts.max(delay);
                delay = parts;
            }
            self.after(delay, event);
        }
    }

    /// An operator stops a process gracefully.
    pub(crate) fn stop(&mut self, pid: Pid, drain: bool, limit: Time, restart: Option<Time>) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        if process.stopping.is_some() || process.paused.is_some() {
            return;
        }
        process.stopping = Some(Stop { restart });
        let addr = process.me.addr.clone();
        trace!(self, "p{pid} is asked to stop, drain {drain}");
        if drain {
            self.see(&Seen::Leaves { pid, addr: &addr });
        }
        self.after(limit, Event::StopNow { pid, last: false });
        self.admit(pid, Caller::Stop, |call| Input::Stop { call, drain });
    }

    /// It has taken too long.
    pub(crate) fn stop_now(&mut self, pid: Pid, last: bool) {
        if last {
            return self.exit(pid);
        }
        self.counts.stops_cut_short += 1;
        self.after(s(1), Event::StopNow { pid, last: true });
        if let Some(process) = self.processes.get_mut(&pid) {
            // Nobody waits for the first wish to stop any more.
            let stops = process
                .calls
                .extract_if(.., |_, call| matches!(call.to, Caller::Stop));
            let stops: Vec<CallId> = stops.map(|(call, _)| call).collect();
            process.swept.extend(stops);
        }
        self.admit(pid, Caller::Stop, |call| Input::Stop { call, drain: false });
    }

    pub(crate) fn stop_answered(&mut self, pid: Pid, _: CallId) {
        self.exit(pid);
    }

    fn exit(&mut self, pid: Pid) {
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        let slot = process.slot;
        let restart = process.stopping.as_ref().and_then(|stop| stop.restart);
        self.counts.graceful_stops += 1;
        self.kill(pid);
        if let Some(delay) = restart {
            self.after(delay, Event::Undo(Undo::Start { slot }));
        }
    }

    pub(crate) fn tell_and_go(
        &mut self,
        pid: Pid,
        tell: Vec<(RpcAddr, Resigned)>,
        replies: &[(CallId, Reply)],
    ) {
        let side = self.sides.branch(pid);
        for (to, resigned) in tell {
            self.send(
                pid,
                names::rpc_slot(&to),
                None,
                Request::Resigned(side, resigned),
            );
        }
        let calls = replies.iter().map(|(call, _)| call.0).collect();
        let delay = self.random.span(ms(1), ms(500));
        self.after(delay, Event::Left { pid, calls });
    }

    pub(crate) fn left(&mut self, pid: Pid, calls: &[u64]) {
        for call in calls {
            self.reply(pid, CallId(*call), Reply::Done(Ok(())));
        }
    }
}
