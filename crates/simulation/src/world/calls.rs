//! Messages between gateways, and who waits for what.

use std::time::Duration;

use groupkeeper_assignment_store::{ReadError, WriteError};
use groupkeeper_registry::machine::{Answer, CallId, Input, Reply};
use groupkeeper_registry::peer::PeerError;
use groupkeeper_types::Timing;

use super::process::Caller;
use super::{World, trace};
use crate::clock::ms;
use crate::event::{Event, Pending, Pid, Request, Response, StoreKind, Waiter};
use crate::invariants::{Seen, Source};

impl World {
    /// Sends a request and gives up after a while.
    pub(crate) fn call(
        &mut self,
        pid: Pid,
        to: usize,
        waiter: Waiter,
        body: Request,
        limit: Duration,
    ) {
        let limit = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX / 2);
        self.send(pid, to, Some(waiter), body);
        self.after(limit, Event::Timeout(waiter));
    }

    /// Sends a message, which may get lost, come late, or come twice.
    pub(crate) fn send(&mut self, pid: Pid, to: usize, waiter: Option<Waiter>, body: Request) {
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        let from = process.slot;
        if to >= self.hosts.len() {
            return;
        }
        if self.random.chance(self.network.doubles)
            && let Some(delay) = self.network.carry(&mut self.random, from, to)
        {
            let again = self.random.span(0, ms(3_000));
            let body = body.clone();
            self.counts.doubled += 1;
            self.after(
                delay + again,
                Event::Request {
                    from,
                    to,
                    waiter: None,
                    body,
                },
            );
        }
        match self.network.carry(&mut self.random, from, to) {
            Some(delay) => {
                if delay > ms(20) {
                    self.counts.late += 1;
                }
                self.after(
                    delay,
                    Event::Request {
                        from,
                        to,
                        waiter,
                        body,
                    },
                );
            }
            None => self.counts.lost += 1,
        }
    }

    fn respond(&mut self, from: usize, waiter: Option<Waiter>, body: Response) {
        let Some(waiter) = waiter else { return };
        let Some(process) = self.processes.get(&waiter.pid) else {
            return;
        };
        let to = process.slot;
        match self.network.carry(&mut self.random, from, to) {
            Some(delay) => self.after(delay, Event::Response { waiter, body }),
            None => self.counts.lost += 1,
        }
    }

    /// Nobody listens at an address.
    pub(crate) fn refuse_connection(&mut self, from: usize, to: usize, waiter: Option<Waiter>) {
        let Some(waiter) = waiter else { return };
        if let Some(delay) = self.network.carry(&mut self.random, to, from) {
            self.after(delay, Event::Timeout(waiter));
        }
    }

    pub(crate) fn requested(
        &mut self,
        pid: Pid,
        from: usize,
        waiter: Option<Waiter>,
        body: Request,
    ) {
        let to = Caller::Peer { slot: from, waiter };
        match body {
            Request::Heartbeat(heartbeat) => {
                if heartbeat.draining {
                    let addr = &heartbeat.gateway.addr;
                    self.see(&Seen::Leaves { pid, addr });
                }
                self.admit(pid, to, |call| Input::Heartbeat {
                    call,
                    heartbeat: *heartbeat,
                });
            }
            Request::Leave(leave) => {
                self.see(&Seen::Leaves {
                    pid,
                    addr: &leave.gateway,
                });
                self.admit(pid, to, |call| Input::Leave { call, leave });
            }
            Request::Assign(group) => {
                self.admit(pid, to, |call| Input::Assign { call, group });
            }
            Request::Reassign(group, wanted) => {
                self.see(&Seen::Wanted {
                    pid,
                    group: crate::names::group_index(&group),
                });
                self.admit(pid, to, |call| Input::Reassign {
                    call,
                    group,
                    to: wanted,
                });
            }
            Request::Resigned(side, resigned) => {
                let last = resigned.stamp;
                self.step(pid, Input::Resigned(resigned));
                if let Some(process) = self.processes.get_mut(&pid)
                    && process.view.head.applied == last
                {
                    process.heard_on = side;
                }
            }
        }
    }

    /// The machine answers a call.
    pub(crate) fn reply(&mut self, pid: Pid, call: CallId, reply: Reply) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let from = process.slot;
        let Some(waiting) = process.calls.remove(&call) else {
            if !process.swept.remove(&call) {
                self.see(&Seen::AnsweredTwice { pid, call });
            }
            return;
        };
        if let Reply::Found(Ok(found)) = &reply {
            self.see(&Seen::Answered {
                pid,
                source: Source::Leader,
                found,
            });
        }
        if self.trace.is_on() {
            trace!(self, "p{pid} -> {}", crate::words::reply(&reply));
        }
        match waiting.to {
            Caller::Peer { slot, waiter } => {
                if let Reply::Ack(Ok(_)) = &reply {
                    self.see(&Seen::Acked { pid, slot });
                }
                let side = self.sides.branch(pid);
                let body = match reply {
                    Reply::Ack(ack) => Response::Ack(side, ack.map(Box::new)),
                    Reply::Found(found) => Response::Found(found.map(Box::new)),
                    Reply::Done(done) => Response::Done(done),
                };
                self.respond(from, waiter, body);
            }
            Caller::Query(query) => {
                if let Reply::Found(found) = reply {
                    self.query_answered(pid, query, found);
                }
            }
            Caller::Stop => self.stop_answered(pid, call),
            Caller::Operator => {
                if matches!(reply, Reply::Found(Ok(_))) {
                    self.counts.reassigned += 1;
                }
            }
        }
    }

    /// An answer has come.
    pub(crate) fn responded(&mut self, pid: Pid, token: u64, body: Response) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let is_part = matches!(body, Response::Part(Answer::Listed(_)));
        let pending = if is_part {
            process.pending.get(&token).copied()
        } else {
            process.pending.remove(&token)
        };
        let Some(pending) = pending else { return };
        let answered = |op, answer| Input::Answer { op, answer };
        match (pending, body) {
            (Pending::Heartbeat { op, sent }, Response::Ack(side, ack)) => {
                if let Ok(ack) = &ack {
                    process.heard = process.heard.max(Some(sent));
                    // Who is taken for deaf is asked to say at once that it hears, and may not get that far.
                    let deaf = ack.lease.is_zero() && ack.ask_again == Some(Timing::SHORTEST);
                    if !deaf {
                        process.heard_of = process.heard_of.max((ack.epoch, sent));
                    }
                }
                let heard = ack.as_ref().ok().map(|ack| (ack.epoch, ack.stamp));
                let before = process.heard_on;
                if heard.is_some() {
                    process.heard_on = side;
                }
                self.step(pid, answered(op, Answer::Acked(ack.map(|ack| *ack))));
                // Whoever has found another leader meanwhile does not listen to this one.
                if let Some((epoch, stamp)) = heard
                    && let Some(process) = self.processes.get_mut(&pid)
                    && ![epoch, stamp.epoch].contains(&process.view.head.applied.epoch)
                {
                    process.heard_on = before;
                }
            }
            (Pending::Leave(op), Response::Done(done)) => {
                self.step(pid, answered(op, Answer::Left(done)));
            }
            (Pending::Store(op, _), Response::Store(answer))
            | (Pending::List(op), Response::Part(answer)) => self.step(pid, answered(op, answer)),
            (Pending::Assign { query }, Response::Found(found)) => {
                if let Ok(found) = &found {
                    self.after(
                        1,
                        Event::Learned {
                            pid,
                            found: found.clone(),
                        },
                    );
                }
                self.query_answered(pid, query, found.map(|found| *found));
            }
            (
                Pending::QueryRecord { query }
                | Pending::QueryLoad { query }
                | Pending::QueryVerify { query },
                Response::Store(answer),
            ) => self.query_read(pid, query, answer),
            (Pending::Reassign, Response::Found(Ok(_))) => self.counts.reassigned += 1,
            _ => {}
        }
    }

    /// No answer has come.
    pub(crate) fn timed_out(&mut self, pid: Pid, token: u64) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(pending) = process.pending.get(&token).copied() else {
            return;
        };
        let gone = || PeerError::unreachable("no answer");
        let body = match pending {
            Pending::Heartbeat { .. } => Response::Ack(process.heard_on, Err(gone())),
            Pending::Leave(_) => Response::Done(Err(gone())),
            Pending::Assign { .. } | Pending::Reassign => Response::Found(Err(gone())),
            Pending::Store(_, kind) => Response::Store(unavailable(kind)),
            Pending::QueryRecord { .. } => Response::Store(unavailable(StoreKind::Record)),
            Pending::QueryLoad { .. } => Response::Store(unavailable(StoreKind::Loaded)),
            Pending::QueryVerify { .. } => Response::Store(unavailable(StoreKind::Written)),
            Pending::List(_) => {
                let error = ReadError::unavailable("no answer");
                Response::Part(Answer::ListEnded(Err(error)))
            }
        };
        self.responded(pid, token, body);
    }
}

/// What a store that gives no answer is taken to have said.
pub(crate) fn unavailable(kind: StoreKind) -> Answer {
    let read = || ReadError::unavailable("no answer");
    match kind {
        StoreKind::Record => Answer::Record(Err(read())),
        StoreKind::Written => Answer::Written(Err(WriteError::unavailable("no answer"))),
        StoreKind::Gateways => Answer::Gateways(Err(read())),
        StoreKind::Loaded => Answer::Loaded(Err(read())),
    }
}
