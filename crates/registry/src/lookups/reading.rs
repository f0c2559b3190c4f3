use std::time::Duration;

use groupkeeper_assignment_store::{Assignment, LeaderRecord, ReadError, WriteError};
use groupkeeper_types::{Moment, Stamp};

use crate::folding::Folding;
use crate::peer::{Decision, Found, PeerError};

/// One look-up's way through the store.
///
/// A copy may lag: what it says counts only if the record read with it is the one that stands where writes
/// are decided. While a leader writes, that takes another try now and then.
#[derive(Debug)]
pub struct Reading {
    record: Option<LeaderRecord>,
    found: Option<Assignment>,
    confirmed_at: Moment,
    tries: u32,
}

/// What a reading asks the store for, or what came of it.
#[derive(Debug)]
pub enum Next {
    /// The leader record. First: read the other way round, a commit could land whole between the two,
    /// and what it replaced would look settled.
    Record,
    /// What is stored of the group.
    Load,
    /// Whether this record stands.
    Verify(Box<LeaderRecord>),
    /// What is stored of the group, if it is settled; `None` if nothing is.
    Done(Result<Option<Found>, PeerError>),
}

impl Reading {
    /// How often a record that changes meanwhile is read again.
    const TRIES: u32 = 3;

    /// It begins now, with the record.
    pub fn new(now: Moment) -> Self {
        Self {
            record: None,
            found: None,
            confirmed_at: now,
            tries: 0,
        }
    }

    /// As of when it says what it says: before the record was confirmed.
    pub fn confirmed_at(&self) -> Moment {
        self.confirmed_at
    }

    /// The record that was read.
    pub fn record(&self) -> Option<&LeaderRecord> {
        self.record.as_ref()
    }

    /// The record has come.
    pub fn record_read(&mut self, read: Result<Option<LeaderRecord>, ReadError>) -> Next {
        match read {
            Ok(record) => {
                self.record = record;
                Next::Load
            }
            Err(error) => Next::Done(Err(PeerError::not_available(error))),
        }
    }

    /// What is stored of the group has come.
    pub fn loaded(&mut self, now: Moment, read: Result<Option<Assignment>, ReadError>) -> Next {
        match read {
            Ok(found) => {
                (self.found, self.confirmed_at) = (found, now);
                match &self.record {
                    Some(record) => Next::Verify(Box::new(record.clone())),
                    // Where nobody of ours has led, what the reference wrote is settled: it has no stamp.
                    None => Next::Done(self.answer()),
                }
            }
            Err(error) => Next::Done(Err(PeerError::not_available(error))),
        }
    }

    /// Whether the record stands has come.
    pub fn verified(&mut self, result: Result<(), WriteError>) -> Next {
        self.tries += 1;
        match result {
            Ok(()) => Next::Done(self.answer()),
            Err(WriteError::Stale { .. }) if self.tries < Self::TRIES => Next::Record,
            Err(WriteError::Stale { .. }) => Next::Done(Err(PeerError::not_available(
                "the store changes faster than it can be read",
            ))),
            Err(error) => Next::Done(Err(PeerError::not_available(error))),
        }
    }

    /// What is told of it, looked at now: a process that was suspended meanwhile has an answer that may be
    /// as old as that.
    ///
    /// # Errors
    /// The answer's own, or that it is older than `limit`.
    pub fn told(
        &self,
        now: Moment,
        limit: Duration,
        answer: Result<Option<Found>, PeerError>,
    ) -> Result<Option<Found>, PeerError> {
        if now > self.confirmed_at + limit {
            return Err(PeerError::not_available("the store's answer came too late"));
        }
        answer
    }

    fn answer(&mut self) -> Result<Option<Found>, PeerError> {
        let record = self.record.as_ref();
        let Some(Assignment {
            group,
            coordinator,
            stamp,
            ..
        }) = self.found.take()
        else {
            return Ok(None);
        };
        let as_of = record.map_or(Stamp::ZERO, LeaderRecord::stamp);
        if !record.map_or(stamp == Stamp::ZERO, |record| record.settles(stamp)) {
            return Err(PeerError::not_available(
                "a move of the group is not finished",
            ));
        }
        let stored = Decision {
            group,
            coordinator,
            stamp,
        };
        let decision = match record {
            Some(record) => Folding::new(&record.failovers)
                .map_err(PeerError::not_available)?
                .fold(stored),
            None => stored,
        };
        Ok(Some(Found { decision, as_of }))
    }
}
