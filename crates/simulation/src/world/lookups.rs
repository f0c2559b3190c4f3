//! Clients' questions, answered by the registry's own look-ups.

use std::time::Duration;

use groupkeeper_registry::lookups::{Asking, Lookup, Next, Reading, RememberedNone, Then};
use groupkeeper_registry::machine::{Answer, Input};
use groupkeeper_registry::peer::{Found, PeerError};
use groupkeeper_types::Moment;

use super::process::{Caller, Query};
use super::{World, trace};
use crate::clock::{Time, ms, s};
use crate::event::{Event, Pending, Pid, Read, Request};
use crate::invariants::{Seen, Source};
use crate::names;
use crate::services::Write;

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

    /// Clients ask about a thousand new groups and more in a moment, once in a run and when
    /// everything is healed.
    pub(crate) fn burst(&mut self, later: Time) -> bool {
        const FIRST: usize = 1_000_000;
        if self.plan.burst > 0 && self.healed.is_none() {
            return false;
        }
        let pids: Vec<Pid> = self.processes.keys().copied().collect();
        if later == 0 {
            self.plan.burst += 500 + self.random.index(2_000);
        }
        for group in 0..self.plan.burst {
            if let Some(pid) = self.random.pick(&pids) {
                let delay = later + self.random.between(0, ms(300));
                let group = FIRST + group;
                self.after(delay, Event::Ask { pid, group });
            }
        }
        true
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
            asking: Asking::default(),
            waits: true,
            reading: Reading::new(Moment::ZERO),
            reads_since: 0,
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
        (asked.reading, asked.reads_since) = (Reading::new(now), self.now);
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
                self.finish(pid, query, Ok(found));
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
                let name = names::group(group);
                let heard = process.view.newest(now);
                let none = RememberedNone::Counts;
                if let Some(answer) = process.kept.recall(&name, heard, none, now) {
                    return self.query_stored(pid, query, answer);
                }
                self.read_next(pid, query, Next::Record);
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
        let now = self.moment(pid);
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let heard = process.view.newest(now);
        let Some(asked) = process.queries.get_mut(&query) else {
            return;
        };
        match asked.asking.answered(answer, heard) {
            Then::Tell(answer) => self.finish(pid, query, answer),
            Then::LookAgain => self.look_up(pid, query),
            Then::Wait => {
                asked.waits = true;
                let attempt = asked.attempt;
                let pause = micros(self.config.timing.retry_every);
                self.after(
                    pause,
                    Event::Retry {
                        pid,
                        query,
                        attempt,
                    },
                );
            }
        }
    }

    /// Asks the store for what a look-up needs next.
    fn read_next(&mut self, pid: Pid, query: u64, next: Next) {
        let Some(group) = self.asked(pid, query).map(|asked| asked.group) else {
            return;
        };
        match next {
            Next::Record => {
                let waiter = self.wait(pid, Pending::QueryRecord { query });
                self.read(waiter, Read::Record);
            }
            Next::Load => {
                let waiter = self.wait(pid, Pending::QueryLoad { query });
                self.read(waiter, Read::Load(group));
            }
            Next::Verify(record) => {
                let waiter = self.wait(pid, Pending::QueryVerify { query });
                self.write(pid, waiter, Write::Verify(*record));
            }
            Next::Done(answer) => self.stored(pid, query, answer),
        }
    }

    /// The store has answered a look-up.
    pub(crate) fn query_read(&mut self, pid: Pid, query: u64, answer: Answer) {
        let now = self.moment(pid);
        let Some(asked) = self.asked(pid, query) else {
            return;
        };
        let next = match answer {
            Answer::Record(read) => asked.reading.record_read(read),
            Answer::Loaded(read) => asked.reading.loaded(now, read),
            Answer::Written(result) => asked.reading.verified(result),
            _ => return,
        };
        self.read_next(pid, query, next);
    }

    fn stored(&mut self, pid: Pid, query: u64, answer: Result<Option<Found>, PeerError>) {
        let now = self.moment(pid);
        let limit = self.config.timing.find;
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(asked) = process.queries.get(&query) else {
            return;
        };
        let since = asked.reads_since;
        let (group, confirmed_at) = (names::group(asked.group), asked.reading.confirmed_at());
        process.kept.remember(&group, confirmed_at, now, &answer);
        let answer = asked.reading.told(now, limit, answer);
        // What is older than what has been heard meanwhile is not told.
        let heard = process.view.newest(now);
        if let Ok(Some(found)) = &answer
            && found.as_of >= heard
        {
            let source = Source::Read { since };
            self.see(&Seen::Answered { pid, source, found });
        }
        self.query_stored(pid, query, answer);
    }

    /// The store's answer is about to be told.
    fn query_stored(&mut self, pid: Pid, query: u64, answer: Result<Option<Found>, PeerError>) {
        let now = self.moment(pid);
        if let (Ok(Some(found)), Some(process)) = (&answer, self.processes.get(&pid)) {
            let until = now + self.config.timing.wait();
            process.view.tell(found.as_of, until);
        }
        self.query_answered(pid, query, Asking::from_store(answer));
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
        self.finish(pid, query, Err(PeerError::not_available("too late")));
    }

    fn finish(&mut self, pid: Pid, query: u64, answer: Result<Found, PeerError>) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let Some(asked) = process.queries.remove(&query) else {
            return;
        };
        let group = asked.group;
        let now = self.moment(pid);
        let end = asked.begun.unwrap_or(now) + self.config.timing.find;
        let answer = &Asking::by(end, now, answer);
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
