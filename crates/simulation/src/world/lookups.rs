//! Clients' questions, answered by the rules of the registry's look-ups.

use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, WriteError};
use groupkeeper_registry::machine::{Answer, Input};
use groupkeeper_registry::peer::{Decision, Found, PeerError};
use groupkeeper_types::Stamp;

use super::process::{Caller, Kept, Query, StoreRead};
use super::view::Lookup;
use super::{World, trace};
use crate::clock::{Time, ms, s};
use crate::event::{Event, Pending, Pid, Read, Request};
use crate::invariants::{Seen, Source};
use crate::names;
use crate::services::{Write, folding};

fn micros(span: Duration) -> Time {
    u64::try_from(span.as_micros()).unwrap_or(s(1_000))
}

impl World {
    /// A client asks somebody about some group.
    pub(crate) fn client_asks(&mut self) {
        let pause = self.random.span(ms(20), ms(600));
        self.after(pause, Event::Client);
        // Groups become known one by one, so that new ones come all through the run.
        if self.groups < self.plan.groups && self.random.chance(100) {
            self.groups += 1;
        }
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        let group = self.random.index(self.groups);
        if let Some(pid) = self.random.pick(&pids) {
            self.ask(pid, group, false);
        }
    }

    pub(crate) fn ask(&mut self, pid: Pid, group: usize, last: bool) {
        self.counts.questions += 1;
        self.asked.insert(group);
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        process.last_query += 1;
        let query = process.last_query;
        let asked = Query {
            group,
            begun: None,
            attempt: 0,
            late: 0,
            waits: true,
            read: StoreRead::default(),
            last,
        };
        process.queries.insert(query, asked);
        if let Some(backlog) = &mut process.paused {
            // The question waits in a socket until the process goes on.
            let attempt = 0;
            return backlog.push(Event::Retry {
                pid,
                query,
                attempt,
            });
        }
        self.look_up(pid, query);
        if let Some(process) = self.processes.get(&pid)
            && process.queries.contains_key(&query)
        {
            let limit = micros(self.config.timing.find);
            self.after(limit, Event::GiveUp { pid, query });
        }
    }

    pub(crate) fn retry(&mut self, pid: Pid, query: u64, attempt: u32) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(asked) = process.queries.get(&query) else {
            return;
        };
        if asked.waits && asked.attempt == attempt {
            if attempt == 0 {
                let limit = micros(self.config.timing.find);
                self.after(limit, Event::GiveUp { pid, query });
            }
            self.look_up(pid, query);
        }
    }

    pub(crate) fn wake_queries(&mut self, pid: Pid) {
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        for (query, asked) in &process.queries {
            if asked.waits {
                let (query, attempt) = (*query, asked.attempt);
                self.schedule.at(
                    self.now + 1,
                    Event::Retry {
                        pid,
                        query,
                        attempt,
                    },
                );
            }
        }
    }

    fn look_up(&mut self, pid: Pid, query: u64) {
        let now = self.moment(pid);
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(asked) = process.queries.get_mut(&query) else {
            return;
        };
        asked.begun.get_or_insert(now);
        asked.read = StoreRead::default();
        asked.attempt += 1;
        asked.waits = false;
        let group = asked.group;
        match process.view.lookup(group, now) {
            Lookup::Known(found) => {
                self.see(&Seen::Answered {
                    pid,
                    source: Source::Cache,
                    found: &found,
                });
                self.finish(pid, query, &Ok(found));
            }
            Lookup::AskSelf => {
                let group = names::group(group);
                self.admit(pid, Caller::Query(query), |call| Input::Assign {
                    call,
                    group,
                });
            }
            Lookup::AskLeader(rpc) => {
                let waiter = self.wait(pid, Pending::Assign { query });
                let body = Request::Assign(names::group(group));
                self.send(pid, names::rpc_slot(&rpc), Some(waiter), body);
            }
            Lookup::AskStore => {
                let heard = process.view.head.applied;
                if let Some(kept) = process.kept.get(&group)
                    && now < kept.until
                    && !matches!(&kept.answer, Ok(Some(found)) if found.as_of < heard)
                {
                    let answer = kept.answer.clone();
                    return self.tell_stored(pid, query, answer);
                }
                let waiter = self.wait(pid, Pending::QueryRecord { query });
                self.read(waiter, Read::Record);
            }
        }
    }

    /// Somebody who decides has answered.
    pub(crate) fn query_answered(
        &mut self,
        pid: Pid,
        query: u64,
        answer: Result<Found, PeerError>,
    ) {
        match answer {
            Err(PeerError::NotLeader { .. } | PeerError::Unreachable { .. }) => {
                let pause = micros(self.config.timing.retry_every);
                let Some(process) = self.processes.get_mut(&pid) else {
                    return;
                };
                let Some(asked) = process.queries.get_mut(&query) else {
                    return;
                };
                asked.waits = true;
                let attempt = asked.attempt;
                self.after(
                    pause,
                    Event::Retry {
                        pid,
                        query,
                        attempt,
                    },
                );
            }
            Ok(found) if self.is_older_than_heard(pid, &found) => {
                let Some(asked) = self.asked(pid, query) else {
                    return;
                };
                asked.late += 1;
                if asked.late < 3 {
                    self.look_up(pid, query);
                } else {
                    let error = PeerError::not_available("all answers are old");
                    self.finish(pid, query, &Err(error));
                }
            }
            answer => self.finish(pid, query, &answer),
        }
    }

    fn is_older_than_heard(&self, pid: Pid, found: &Found) -> bool {
        let process = self.processes.get(&pid);
        process.is_some_and(|process| found.as_of < process.view.head.applied)
    }

    pub(crate) fn query_record(&mut self, pid: Pid, query: u64, answer: Answer) {
        let Some(asked) = self.asked(pid, query) else {
            return;
        };
        let group = asked.group;
        match answer {
            Answer::Record(Ok(record)) => {
                asked.read.record = record;
                let waiter = self.wait(pid, Pending::QueryLoad { query });
                self.read(waiter, Read::Load(group));
            }
            _ => self.stored(pid, query, Err(PeerError::not_available("the store"))),
        }
    }

    pub(crate) fn query_load(&mut self, pid: Pid, query: u64, answer: Answer) {
        let now = self.moment(pid);
        let Some(asked) = self.asked(pid, query) else {
            return;
        };
        match answer {
            Answer::Loaded(Ok(found)) => {
                asked.read.found = found;
                asked.read.confirmed_at = now;
                match asked.read.record.clone() {
                    Some(record) => {
                        let waiter = self.wait(pid, Pending::QueryVerify { query });
                        self.write(pid, waiter, Write::Verify(record));
                    }
                    None => self.query_verified(pid, query, &Ok(())),
                }
            }
            _ => self.stored(pid, query, Err(PeerError::not_available("the store"))),
        }
    }

    /// What was read counts only if the record read with it stands where writes are decided.
    pub(crate) fn query_verified(&mut self, pid: Pid, query: u64, result: &Result<(), WriteError>) {
        const TRIES: u32 = 3;
        let Some(asked) = self.asked(pid, query) else {
            return;
        };
        let read = &mut asked.read;
        read.tries += 1;
        match result {
            Ok(()) => {
                let as_of = read
                    .record
                    .as_ref()
                    .map_or(Stamp::ZERO, LeaderRecord::stamp);
                let settles = |stamp| {
                    let record = read.record.as_ref();
                    record.map_or(stamp == Stamp::ZERO, |record| record.settles(stamp))
                };
                let answer = match read.found.take() {
                    None => Ok(None),
                    Some(found) if !settles(found.stamp) => {
                        Err(PeerError::not_available("in doubt"))
                    }
                    Some(found) => {
                        let stored = Decision {
                            group: found.group,
                            coordinator: found.coordinator,
                            stamp: found.stamp,
                        };
                        let decision = match &read.record {
                            Some(record) => folding(record).fold(stored),
                            None => stored,
                        };
                        Ok(Some(Found { decision, as_of }))
                    }
                };
                self.stored(pid, query, answer);
            }
            Err(WriteError::Stale { .. }) if read.tries < TRIES => {
                let waiter = self.wait(pid, Pending::QueryRecord { query });
                self.read(waiter, Read::Record);
            }
            Err(_) => self.stored(pid, query, Err(PeerError::not_available("the store"))),
        }
    }

    fn stored(&mut self, pid: Pid, query: u64, answer: Result<Option<Found>, PeerError>) {
        let Some(asked) = self.asked(pid, query) else {
            return;
        };
        let (group, confirmed_at) = (asked.group, asked.read.confirmed_at);
        if let Some(process) = self.processes.get_mut(&pid) {
            let kept = Kept {
                until: confirmed_at + self.config.timing.retry_every,
                answer: answer.clone(),
            };
            process.kept.insert(group, kept);
        }
        self.tell_stored(pid, query, answer);
    }

    fn tell_stored(&mut self, pid: Pid, query: u64, answer: Result<Option<Found>, PeerError>) {
        let none = || PeerError::not_available("no leader, and none in the store");
        self.query_answered(pid, query, answer.and_then(|found| found.ok_or_else(none)));
    }

    fn asked(&mut self, pid: Pid, query: u64) -> Option<&mut Query> {
        self.processes.get_mut(&pid)?.queries.get_mut(&query)
    }

    pub(crate) fn give_up(&mut self, pid: Pid, query: u64) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        process.pending.retain(|_, pending| {
            !matches!(*pending, Pending::Assign { query: q } | Pending::QueryRecord { query: q }
                | Pending::QueryLoad { query: q } | Pending::QueryVerify { query: q } if q == query)
        });
        self.finish(pid, query, &Err(PeerError::not_available("too late")));
    }

    fn finish(&mut self, pid: Pid, query: u64, answer: &Result<Found, PeerError>) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(asked) = process.queries.remove(&query) else {
            return;
        };
        let group = asked.group;
        let now = self.moment(pid);
        let late = asked
            .begun
            .is_some_and(|begun| now > begun + self.config.timing.find);
        let too_late = Err(PeerError::not_available("too late"));
        let answer = if late { &too_late } else { answer };
        if let Ok(found) = answer {
            let source = Source::Told;
            self.see(&Seen::Answered { pid, source, found });
        }
        match answer {
            Ok(found) => {
                self.counts.answers += 1;
                trace!(
                    self,
                    "p{pid} answers: g{group} is at {} ({})",
                    found.decision.coordinator,
                    found.decision.stamp
                );
            }
            Err(error) => {
                self.counts.errors += 1;
                trace!(self, "p{pid} answers: g{group} {error}");
            }
        }
        if asked.last {
            self.see(&Seen::LastAnswer { pid, group, answer });
        }
    }

    pub(crate) fn learned(&mut self, pid: Pid, found: Found) {
        self.step(pid, Input::Learned(found));
    }
}
