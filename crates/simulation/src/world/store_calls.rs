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
use crate::services::{Landing, SideId, Store, Write, folding};

/// The changes that a slow store makes before it looks up.
const CHUNK: usize = 32;

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
        let side = self.side_of(pid);
        let slow = matches!(write, Write::Commit(_)) && self.plan.each > 0;
        let limit = u64::try_from(self.config.timing.store_call.as_micros()).unwrap_or(s(2));
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
                side,
                given_up_at: Time::MAX,
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
        let ticket = Ticket {
            pid,
            waiter,
            back,
            side,
            given_up_at: self.now + limit,
        };
        if slow {
            self.after(limit, Event::Timeout(waiter));
        }
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
            mut ticket,
        }: StoreWrite,
    ) {
        if self.sides.get(ticket.side).is_none() && self.random.chance(500) {
            // What was on its way to a side that is no more goes to the one that is left.
            ticket.side = self.sides.main();
        }
        let now = self.now;
        let away = self.store_is_away(ticket.pid) && ticket.back.is_some();
        let side = self.sides.get_mut(ticket.side).filter(|_| !away);
        let Some(side) = side.filter(|side| side.may_decide(now)) else {
            return self.never_lands(ticket);
        };
        let store = &mut side.store;
        store.waiting.push_back(Landing {
            write,
            made: 0,
            stops_after,
            waits: ticket,
        });
        if store.active.is_none() && store.waiting.len() == 1 {
            self.store_step(ticket.side);
        }
    }

    /// A write has come to nothing; whoever waits for its answer hears none.
    pub(crate) fn never_lands(&mut self, ticket: Ticket) {
        self.counts.store_calls_lost += 1;
        if ticket.back.is_some() {
            self.no_answer(ticket.waiter);
        }
    }

    /// Goes on with the write whose turn it is, and begins with the next ones.
    pub(crate) fn store_step(&mut self, id: SideId) {
        while self.broken.is_none() {
            let Some(side) = self.sides.get(id) else {
                return;
            };
            if side.store.active.is_none() && !self.next_write(id) {
                return;
            }
            if let Some(pause) = self.make_changes(id) {
                return self.after(pause, Event::StoreStep(id));
            }
        }
    }

    /// Begins with the next write; whether there is one that takes time.
    fn next_write(&mut self, id: SideId) -> bool {
        while let Some(side) = self.sides.get_mut(id)
            && let Some(landing) = side.store.waiting.pop_front()
        {
            let ticket = landing.waits;
            match side.store.admit(&landing.write) {
                Ok(true) => {
                    self.stands(ticket.pid, id, &landing.write);
                    self.written(ticket, Ok(()));
                }
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
                        self.sides.set_branch(ticket.pid, id);
                        self.see(&Seen::Begun {
                            pid: ticket.pid,
                            side: id,
                            record: &record,
                        });
                        if let Some(side) = self.sides.get_mut(id) {
                            side.store.replace_record(self.now, Some(record));
                        }
                        self.written(ticket, Ok(()));
                    } else {
                        side.store.active = Some(landing);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// A leader's record has been found standing: it decides on this side, whichever it has begun on.
    fn stands(&mut self, pid: Pid, id: SideId, write: &Write) {
        let record = match write {
            Write::Begin { next, .. } => next,
            Write::Commit(batch) => &batch.next,
            Write::Verify(record) => record,
        };
        let process = self.processes.get(&pid);
        if process.is_some_and(|process| process.me.incarnation == record.incarnation) {
            self.sides.set_branch(pid, id);
        }
    }

    /// Makes some changes of the active commit. How long until the next ones, if there are more.
    fn make_changes(&mut self, id: SideId) -> Option<Time> {
        let landing = self.sides.get_mut(id)?.store.active.take()?;
        let Landing {
            write,
            mut made,
            stops_after,
            waits,
        } = landing;
        let Write::Commit(batch) = write else {
            return None;
        };
        // Who has given it up has closed the connection, and it stops there.
        let given_up = self.plan.each > 0 && self.now > waits.given_up_at;
        let stop = if given_up {
            made
        } else {
            stops_after.unwrap_or(usize::MAX)
        };
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
            let store = &mut self.sides.get_mut(id)?.store;
            let before = store.make(self.now, change, batch.next.stamp());
            self.see(&Seen::Changed {
                pid: waits.pid,
                side: id,
                batch: &batch,
                change,
                before: before.as_ref(),
            });
            made += 1;
            let slow = self.plan.each > 0 && (made % CHUNK == 0 || made == batch.changes.len());
            if slow
                || self
                    .random
                    .chance(if batch.changes.len() > CHUNK { 5 } else { 100 })
            {
                let chunk = (made - 1) % CHUNK + 1;
                let each = self.plan.each * chunk as u64;
                let pause = each + self.random.span(100, ms(30));
                let write = Write::Commit(batch);
                self.sides.get_mut(id)?.store.active = Some(Landing {
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
        let knows = |group| self.knows(waits.pid, group);
        let store = &self.sides.get(id)?.store;
        let failed_over = store.failed_over(&batch, knows);
        let store = &mut self.sides.get_mut(id)?.store;
        store.replace_record(self.now, Some(batch.next.clone()));
        self.counts.commits += 1;
        self.sides.set_branch(waits.pid, id);
        self.see(&Seen::Committed {
            pid: waits.pid,
            side: id,
            batch: &batch,
            failed_over: &failed_over,
        });
        self.written(waits, Ok(()));
        None
    }

    fn written(&mut self, ticket: Ticket, result: Result<(), WriteError>) {
        if result.is_ok()
            && let Some(process) = self.processes.get_mut(&ticket.pid)
        {
            process.wrote_at = self.now;
        }
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
        let answer = if let Some(copy) = self.old_copy(waiter.pid) {
            self.counts.old_reads += 1;
            match read {
                Read::Page(from) => return self.page(waiter, *from, Some(&copy)),
                read => answer(&copy, read),
            }
        } else {
            match read {
                Read::Page(from) => return self.page(waiter, *from, None),
                Read::Load(group) => self.look_at_load(waiter, *group),
                _ => {}
            }
            let Some(side) = self.reached(waiter.pid) else {
                return;
            };
            answer(&side.store, read)
        };
        let delay = self.latency();
        let body = Response::Store(answer);
        self.after(delay, Event::Response { waiter, body });
    }

    /// What a gateway reads where its copy stands still: all that it has written itself is in there.
    fn old_copy(&self, pid: Pid) -> Option<Store<Ticket>> {
        let process = self.processes.get(&pid)?;
        let still = self.hosts[process.slot].still?;
        Some(self.reached(pid)?.store.as_of(still.max(process.wrote_at)))
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
        let Some(record) = process
            .queries
            .get(query)
            .map(|asked| asked.reading.record())
        else {
            return;
        };
        let as_of = record.map_or(Stamp::ZERO, LeaderRecord::stamp);
        let Some(store) = self.reached(pid).map(|side| &side.store) else {
            return;
        };
        let Some(decision) = store.assignments.get(&group).cloned() else {
            return;
        };
        let whole = record.map_or(decision.stamp == Stamp::ZERO, |record| {
            record.settles(decision.stamp)
        });
        // With a newer record in place it is not confirmed, and read again.
        if whole && record == store.record.as_ref() {
            let decision = record.map_or(decision.clone(), |record| folding(record).fold(decision));
            let source = Source::Store;
            let found = &Found { decision, as_of };
            self.see(&Seen::Answered { pid, source, found });
        }
    }

    /// One page of a listing. Writes go on between pages.
    fn page(&mut self, waiter: Waiter, from: usize, copy: Option<&Store<Ticket>>) {
        let size = 1 + self.random.index(40);
        let Some(side) = self.sides.get(self.side_of(waiter.pid)) else {
            return;
        };
        let mut page: Vec<(usize, Listed)> = copy
            .unwrap_or(&side.store)
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

fn answer(store: &Store<Ticket>, read: &Read) -> Answer {
    match read {
        Read::Record | Read::Page(_) => Answer::Record(Ok(store.record.clone())),
        Read::Gateways => Answer::Gateways(Ok(store.gateways.values().cloned().collect())),
        Read::Load(group) => Answer::Loaded(Ok(store.assignments.get(group).map(assignment))),
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
