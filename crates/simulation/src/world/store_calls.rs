//! What gateways ask of the store, and how it goes wrong.

use groupkeeper_assignment_store::{Assignment, LeaderRecord, Listed, ReadError, WriteError};
use groupkeeper_registry::machine::{Answer, OpId, StoreWork};
use groupkeeper_registry::peer::{Decision, Found};
use groupkeeper_types::{Stamp, WallTime};

use super::World;
use super::trace;
use crate::clock::{Time, ms, s};
use crate::event::{Event, Pending, Pid, Read, Response, StoreKind, StoreWrite, Ticket, Waiter};
use crate::invariants::{Seen, Source};
use crate::names;
use crate::services::{Landing, Write, folding};

impl World {
    pub(crate) fn ask_store(&mut self, pid: Pid, op: OpId, work: StoreWork) {
        self.store_op(pid, op, &work);
        let kind = match &work {
            StoreWork::ReadRecord => StoreKind::Record,
            StoreWork::Gateways => StoreKind::Gateways,
            StoreWork::Load(_) => StoreKind::Loaded,
            StoreWork::Begin { .. } | StoreWork::Commit(_) | StoreWork::Verify(_) => {
                StoreKind::Written
            }
        };
        let waiter = self.wait(pid, Pending::Store(op, kind));
        match work {
            StoreWork::ReadRecord => self.read(waiter, Read::Record),
            StoreWork::Gateways => self.read(waiter, Read::Gateways),
            StoreWork::Load(group) => self.read(waiter, Read::Load(names::group_index(&group))),
            StoreWork::Begin { expected, next } => {
                self.write(pid, waiter, Write::Begin { expected, next });
            }
            StoreWork::Commit(batch) => {
                // What a driver hands to a store must be a commit that the store's types allow.
                if let Err(error) = batch.to_commit(WallTime::EPOCH) {
                    let error = WriteError::Unsupported {
                        why: error.to_string(),
                    };
                    let body = Response::Store(Answer::Written(Err(error)));
                    return self.after(0, Event::Response { waiter, body });
                }
                self.write(pid, waiter, Write::Commit(batch));
            }
            StoreWork::Verify(record) => self.write(pid, waiter, Write::Verify(record)),
        }
    }

    pub(crate) fn list(&mut self, pid: Pid, op: OpId) {
        let waiter = self.wait(pid, Pending::List(op));
        self.read(waiter, Read::Page(0));
    }

    /// Whether a gateway can't reach the store now.
    fn store_is_away(&self, pid: Pid) -> bool {
        let slot = self.processes.get(&pid).map(|process| process.slot);
        self.plan.store.outage.is_on() || slot.is_some_and(|slot| self.hosts[slot].store_cuts > 0)
    }

    /// The caller hears nothing: at once, or when it has waited for long enough.
    fn no_answer(&mut self, waiter: Waiter) {
        let limit = u64::try_from(self.config.timing.store_call.as_micros()).unwrap_or(s(2));
        let delay = if self.random.chance(500) {
            self.random.span(ms(1), ms(50))
        } else {
            limit
        };
        self.after(delay, Event::Timeout(waiter));
    }

    fn latency(&mut self) -> Time {
        let high = if self.random.chance(self.plan.store.slow) {
            ms(1_500)
        } else {
            ms(12)
        };
        self.random.span(ms(1), high)
    }

    pub(crate) fn read(&mut self, waiter: Waiter, read: Read) {
        if self.store_is_away(waiter.pid) || self.random.chance(self.plan.store.loses) {
            self.counts.store_calls_lost += 1;
            return self.no_answer(waiter);
        }
        let delay = self.latency();
        self.after(delay, Event::StoreRead { waiter, read });
    }

    pub(crate) fn write(&mut self, pid: Pid, waiter: Waiter, write: Write) {
        let faults = &self.plan.store;
        let random = &mut self.random;
        let (late, loses, lost_answer, half) = (
            random.chance(faults.lates),
            random.chance(faults.loses),
            random.chance(faults.loses_answers),
            random.chance(faults.halves),
        );
        let is_late = late && !matches!(write, Write::Verify(_));
        if is_late {
            // It arrives long after its writer has given it up.
            self.counts.late_writes += 1;
            self.no_answer(waiter);
            let delay = self.random.span(ms(50), s(20));
            let ticket = Ticket {
                pid,
                waiter,
                back: None,
            };
            let landing = StoreWrite {
                write,
                stops_after: None,
                ticket,
            };
            return self.after(delay, Event::StoreWrite(Box::new(landing)));
        }
        if self.store_is_away(pid) || loses {
            self.counts.store_calls_lost += 1;
            return self.no_answer(waiter);
        }
        let stops_after = match &write {
            Write::Commit(batch) if self.plan.store.kills && !batch.changes.is_empty() => {
                Some(1 + self.random.index(batch.changes.len()))
            }
            Write::Commit(batch) if half => Some(self.random.index(batch.changes.len() + 1)),
            _ => None,
        };
        let back = if lost_answer {
            self.counts.store_answers_lost += 1;
            self.no_answer(waiter);
            None
        } else {
            Some(self.latency())
        };
        let delay = self.latency();
        let ticket = Ticket { pid, waiter, back };
        let landing = StoreWrite {
            write,
            stops_after,
            ticket,
        };
        self.after(delay, Event::StoreWrite(Box::new(landing)));
    }

    pub(crate) fn write_arrives(
        &mut self,
        StoreWrite {
            write,
            stops_after,
            ticket,
        }: StoreWrite,
    ) {
        if self.store_is_away(ticket.pid) && ticket.back.is_some() {
            self.counts.store_calls_lost += 1;
            return self.no_answer(ticket.waiter);
        }
        self.store.waiting.push_back(Landing {
            write,
            made: 0,
            stops_after,
            waits: ticket,
        });
        if self.store.active.is_none() && self.store.waiting.len() == 1 {
            self.store_step();
        }
    }

    /// Goes on with the write whose turn it is, and begins with the next ones.
    pub(crate) fn store_step(&mut self) {
        while self.broken.is_none() {
            if self.store.active.is_none() && !self.next_write() {
                return;
            }
            if let Some(pause) = self.make_changes() {
                return self.after(pause, Event::StoreStep);
            }
        }
    }

    /// Begins with the next write; whether there is one that takes time.
    fn next_write(&mut self) -> bool {
        while let Some(landing) = self.store.waiting.pop_front() {
            let ticket = landing.waits;
            match self.store.admit(&landing.write) {
                Ok(true) => self.written(ticket, Ok(())),
                Err(error) => {
                    self.counts.refused_writes += 1;
                    trace!(self, "the store refuses a write of p{}", ticket.pid);
                    self.written(ticket, Err(error));
                }
                Ok(false) => {
                    if let Write::Begin { next, .. } = &landing.write {
                        let record = next.clone();
                        trace!(self, "epoch {} begins, by p{}", record.epoch, ticket.pid);
                        self.counts.epochs += 1;
                        self.see(&Seen::Begun {
                            pid: ticket.pid,
                            record: &record,
                        });
                        self.store.record = Some(record);
                        self.written(ticket, Ok(()));
                    } else {
                        self.store.active = Some(landing);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Makes some changes of the active commit. How long until the next ones, if there are more.
    fn make_changes(&mut self) -> Option<Time> {
        let landing = self.store.active.take()?;
        let Landing {
            write,
            mut made,
            stops_after,
            waits,
        } = landing;
        let Write::Commit(batch) = write else {
            return None;
        };
        let stop = stops_after.unwrap_or(usize::MAX);
        loop {
            if made >= stop {
                self.counts.half_commits += 1;
                trace!(
                    self,
                    "commit {} stops after {made} changes",
                    batch.next.stamp()
                );
                let error = WriteError::unavailable("it stopped");
                self.written(waits, Err(error));
                if std::mem::take(&mut self.plan.store.kills) {
                    self.crash(waits.pid);
                }
                return None;
            }
            let Some(change) = batch.changes.get(made) else {
                break;
            };
            let before = self.store.make(change);
            self.see(&Seen::Changed {
                pid: waits.pid,
                batch: &batch,
                change,
                before: before.as_ref(),
            });
            made += 1;
            if self.random.chance(100) {
                let pause = self.random.span(100, ms(30));
                let write = Write::Commit(batch);
                self.store.active = Some(Landing {
                    write,
                    made,
                    stops_after,
                    waits,
                });
                return Some(pause);
            }
        }
        trace!(
            self,
            "commit {} of p{} is whole: {}",
            batch.next.stamp(),
            waits.pid,
            crate::words::changes(&batch)
        );
        let failed_over = self.store.failed_over(&batch);
        self.store.record = Some(batch.next.clone());
        self.counts.commits += 1;
        self.see(&Seen::Committed {
            pid: waits.pid,
            batch: &batch,
            failed_over: &failed_over,
        });
        self.written(waits, Ok(()));
        None
    }

    fn written(&mut self, ticket: Ticket, result: Result<(), WriteError>) {
        if let Some(delay) = ticket.back {
            let body = Response::Store(Answer::Written(result));
            let waiter = ticket.waiter;
            self.after(delay, Event::Response { waiter, body });
        }
    }

    pub(crate) fn read_arrives(&mut self, waiter: Waiter, read: &Read) {
        if self.store_is_away(waiter.pid) || self.random.chance(self.plan.store.loses_answers) {
            self.counts.store_answers_lost += 1;
            return self.no_answer(waiter);
        }
        let answer = match read {
            Read::Record => Answer::Record(Ok(self.store.record.clone())),
            Read::Gateways => Answer::Gateways(Ok(self.store.gateways.values().cloned().collect())),
            Read::Load(group) => {
                self.look_at_load(waiter, *group);
                Answer::Loaded(Ok(self.store.assignments.get(group).map(assignment)))
            }
            Read::Page(from) => return self.page(waiter, *from),
        };
        let delay = self.latency();
        let body = Response::Store(answer);
        self.after(delay, Event::Response { waiter, body });
    }

    /// What a look-up finds in the store is judged by what stands there at that very moment.
    fn look_at_load(&mut self, waiter: Waiter, group: usize) {
        let pid = waiter.pid;
        let Some(process) = self.processes.get(&pid) else {
            return;
        };
        let Some(Pending::QueryLoad { query }) = process.pending.get(&waiter.token) else {
            return;
        };
        let Some(record) = process.queries.get(query).map(|asked| &asked.read.record) else {
            return;
        };
        let as_of = record.as_ref().map_or(Stamp::ZERO, LeaderRecord::stamp);
        let Some(decision) = self.store.assignments.get(&group).cloned() else {
            return;
        };
        let whole = record
            .as_ref()
            .map_or(decision.stamp == Stamp::ZERO, |record| {
                record.settles(decision.stamp)
            });
        // With a newer record in place it is not confirmed, and read again.
        if whole && *record == self.store.record {
            let decision = record
                .as_ref()
                .map_or(decision.clone(), |record| folding(record).fold(decision));
            let source = Source::Store;
            let found = &Found { decision, as_of };
            self.see(&Seen::Answered { pid, source, found });
        }
    }

    /// One page of a listing. Writes go on between pages.
    fn page(&mut self, waiter: Waiter, from: usize) {
        let size = 1 + self.random.index(40);
        let mut page: Vec<(usize, Listed)> = self
            .store
            .assignments
            .range(from..)
            .take(size)
            .map(|(group, decision)| (*group, Listed::Assignment(assignment(decision))))
            .collect();
        let next = page.last().map(|(group, _)| group + 1);
        let entries = page.drain(..).map(|(_, entry)| entry).collect();
        let delay = self.latency();
        let end = if self.random.chance(self.plan.store.halves) {
            self.counts.half_listings += 1;
            Some(Err(ReadError::unavailable("it stopped")))
        } else if next.is_none() {
            Some(Ok(()))
        } else {
            None
        };
        let part = Response::Part(Answer::Listed(entries));
        self.after(delay, Event::Response { waiter, body: part });
        if let Some(end) = end {
            let body = Response::Part(Answer::ListEnded(end));
            self.after(delay, Event::Response { waiter, body });
        } else if let Some(next) = next {
            let read = Read::Page(next);
            self.after(delay, Event::StoreRead { waiter, read });
        }
    }
}

fn assignment(decision: &Decision) -> Assignment {
    Assignment {
        group: decision.group.clone(),
        coordinator: decision.coordinator.clone(),
        stamp: decision.stamp,
        assigned_at: WallTime::EPOCH,
    }
}
