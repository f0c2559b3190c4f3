//! A link of the chain of commits as transactions: one where it fits, else several, the record in the last.

use std::collections::BTreeSet;

use prost::Message;

use crate::failure::{Failure, Kind};
use crate::limits::Size;
use crate::proto::{Compare, KeyValue, TxnRequest};
use crate::shared::Shared;
use crate::transaction::{Verdict, is_absent, put, size, transaction, value_is};
use crate::units::Unit;

/// From the record that must stand to the next one.
#[derive(Debug)]
pub(crate) struct Step {
    /// The record's key.
    pub(crate) key: Vec<u8>,
    /// `None` where there must be no record.
    pub(crate) expected: Option<Vec<u8>>,
    pub(crate) next: Vec<u8>,
}

/// What became of a step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is whole.
    Done,
    /// This record stands instead of the expected one. Nothing more of the step will be done.
    Stale(Option<Vec<u8>>),
    /// The record stands, and something else has changed since the step was put together.
    Changed,
    /// etcd will never take it, and nothing of it was done.
    Unsupported(String),
}

impl Step {
    /// The fence in front of everything.
    fn fence(&self) -> Compare {
        match &self.expected {
            Some(expected) => value_is(self.key.clone(), expected.clone()),
            None => is_absent(self.key.clone()),
        }
    }

    fn refused(&self, found: Option<KeyValue>) -> Written {
        let found = found.map(|found| found.value);
        if found.as_ref() == Some(&self.next) {
            return Written::Done;
        }
        if found == self.expected {
            return Written::Changed;
        }
        Written::Stale(found)
    }

    /// The transactions of this step, each behind the fence.
    fn batches(&self, units: &[Unit], limits: Size) -> Vec<TxnRequest> {
        let end = Unit {
            operations: vec![put(self.key.clone(), self.next.clone(), 0)],
            keys: vec![self.key.clone()],
            ..Unit::default()
        };
        let mut full = Vec::new();
        let mut batch = Batch::new(self);
        for unit in units.iter().chain([&end]) {
            if !batch.takes(unit, limits) {
                full.push(std::mem::replace(&mut batch, Batch::new(self)).request);
            }
            batch.add(unit);
        }
        full.push(batch.request);
        full
    }
}

/// A transaction that is being put together.
struct Batch {
    request: TxnRequest,
    bytes: usize,
    keys: BTreeSet<Vec<u8>>,
}

/// What protobuf puts around a message in another one, at most.
const AROUND: usize = 16;

fn bytes(unit: &Unit) -> usize {
    let operations = unit.operations.iter().map(Message::encoded_len);
    let guards = unit.guards.iter().map(Message::encoded_len);
    operations.chain(guards).map(|bytes| bytes + AROUND).sum()
}

impl Batch {
    fn new(step: &Step) -> Self {
        let request = transaction(vec![step.fence()], Vec::new(), step.key.clone());
        Self {
            bytes: request.encoded_len(),
            request,
            keys: BTreeSet::new(),
        }
    }

    /// One alone is always taken: there is nowhere else to put it.
    fn takes(&self, unit: &Unit, limits: Size) -> bool {
        let operations = self.request.success.len() + unit.operations.len();
        let compares = self.request.compare.len() + unit.guards.len();
        self.request.success.is_empty()
            || operations.max(compares) <= limits.operations
                && self.bytes + bytes(unit) <= limits.bytes
                && !unit.keys.iter().any(|key| self.keys.contains(key))
    }

    fn add(&mut self, unit: &Unit) {
        self.bytes += bytes(unit);
        self.request.success.extend(unit.operations.iter().cloned());
        self.request.compare.extend(unit.guards.iter().cloned());
        self.keys.extend(unit.keys.iter().cloned());
    }
}

impl Shared {
    /// Does a step. Repeated after it landed it is done again, and after it stopped half way it is finished.
    pub(crate) async fn write(&self, step: &Step, units: &[Unit]) -> Result<Written, Failure> {
        let mut batches = step.batches(units, self.limits.get());
        loop {
            let tried = self.try_write(step, &batches).await?;
            let (refused, why) = match tried {
                Ok(written) => return Ok(written),
                Err(refused) => refused,
            };
            match why.kind {
                Kind::TooManyOperations => self.limits.too_many(refused),
                _ => self.limits.too_large(refused),
            }
            let smaller = step.batches(units, self.limits.get());
            if largest(&smaller) == largest(&batches) {
                self.limits.forget();
                return Ok(Written::Unsupported(why.why().to_owned()));
            }
            batches = smaller;
        }
    }

    /// Does a step in these transactions. The inner error is one that etcd's limits refuse, before anything was done.
    async fn try_write(
        &self,
        step: &Step,
        batches: &[TxnRequest],
    ) -> Result<Result<Written, (Size, Failure)>, Failure> {
        if batches.len() > 1 {
            // Once some of it is done, all of it must be: so the largest are shown first, in a way in which they
            // do nothing.
            let (by_bytes, by_operations) = largest(batches);
            for batch in [by_bytes, by_operations] {
                if self.limits.has_taken(size(batch)) {
                    continue;
                }
                match self.transact(&harmless(step, batch)).await {
                    Ok(Verdict::Otherwise(found)) => match step.refused(found) {
                        Written::Changed => {}
                        written => return Ok(Ok(written)),
                    },
                    Ok(Verdict::Done) => {}
                    Err(why) if is_limit(&why) => return Ok(Err((size(batch), why))),
                    Err(why) => return Err(why),
                }
            }
        }
        for batch in batches {
            match self.transact(batch).await {
                Ok(Verdict::Done) => {}
                Ok(Verdict::Otherwise(found)) => return Ok(Ok(step.refused(found))),
                Err(why) if is_limit(&why) && batches.len() == 1 => {
                    return Ok(Err((size(batch), why)));
                }
                Err(why) => return Err(why),
            }
        }
        Ok(Ok(Written::Done))
    }
}

fn is_limit(why: &Failure) -> bool {
    matches!(why.kind, Kind::TooManyOperations | Kind::TooLarge)
}

/// The transaction of the most bytes, and that of the most operations.
fn largest(batches: &[TxnRequest]) -> (&TxnRequest, &TxnRequest) {
    let by = |measure: fn(Size) -> usize| {
        let largest = batches.iter().max_by_key(|batch| measure(size(batch)));
        largest.expect("a step has a transaction at least, its last")
    };
    (by(|size| size.bytes), by(|size| size.operations))
}

/// As large as this transaction, behind a fence that never opens: no record ends with a NUL.
fn harmless(step: &Step, batch: &TxnRequest) -> TxnRequest {
    let mut never = step.expected.clone().unwrap_or_default();
    never.push(0);
    let mut shown = batch.clone();
    if let Some(fence) = shown.compare.first_mut() {
        *fence = value_is(step.key.clone(), never);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::delete;

    fn step() -> Step {
        Step {
            key: b"r".to_vec(),
            expected: Some(b"1".to_vec()),
            next: b"2".to_vec(),
        }
    }

    fn units(count: usize) -> Vec<Unit> {
        let unit = |number: usize| {
            let key = format!("k{number}").into_bytes();
            Unit {
                operations: vec![put(key.clone(), vec![b'v'; 100], 0)],
                guards: Vec::new(),
                keys: vec![key],
            }
        };
        (0..count).map(unit).collect()
    }

    fn operations(batches: &[TxnRequest]) -> Vec<usize> {
        batches.iter().map(|batch| batch.success.len()).collect()
    }

    const WIDE: Size = Size {
        operations: 128,
        bytes: 1_000_000,
    };

    #[test]
    fn what_fits_is_one_transaction_and_the_record_is_its_last_write() {
        let batches = step().batches(&units(127), WIDE);
        assert_eq!(operations(&batches), [128]);
        assert_eq!(
            batches[0].success.last(),
            Some(&put(b"r".to_vec(), b"2".to_vec(), 0))
        );
        assert_eq!(operations(&step().batches(&[], WIDE)), [1]);
    }

    #[test]
    fn what_does_not_is_several_each_behind_the_fence() {
        let batches = step().batches(&units(128), WIDE);
        assert_eq!(operations(&batches), [128, 1]);
        let few = Size {
            operations: 1,
            ..WIDE
        };
        assert_eq!(operations(&step().batches(&units(3), few)), [1, 1, 1, 1]);
        let small = Size { bytes: 500, ..WIDE };
        let batches = step().batches(&units(10), small);
        assert!(batches.len() > 2 && batches.iter().all(|batch| batch.encoded_len() <= 500));
        for batch in &batches {
            assert_eq!(batch.compare, [step().fence()]);
            assert_eq!(
                batch.failure.len(),
                1,
                "else the read would not be agreed on by most"
            );
        }
    }

    #[test]
    fn no_transaction_writes_a_key_twice() {
        let mut twice = units(2);
        twice.push(Unit {
            operations: vec![delete(b"k0".to_vec())],
            guards: Vec::new(),
            keys: vec![b"k0".to_vec()],
        });
        assert_eq!(operations(&step().batches(&twice, WIDE)), [2, 2]);
    }

    #[test]
    fn what_is_shown_first_can_t_be_done_and_is_as_large() {
        let batches = step().batches(&units(10), WIDE);
        let shown = harmless(&step(), &batches[0]);
        assert_eq!(shown.compare, [value_is(b"r".to_vec(), b"1\0".to_vec())]);
        assert!(shown.encoded_len() >= batches[0].encoded_len());
        assert_eq!(size(&shown).operations, size(&batches[0]).operations);
    }

    #[test]
    fn what_stands_says_what_became_of_a_step() {
        let found = |value: &[u8]| {
            Some(KeyValue {
                value: value.to_vec(),
                ..KeyValue::default()
            })
        };
        assert_eq!(step().refused(found(b"2")), Written::Done);
        assert_eq!(step().refused(found(b"1")), Written::Changed);
        assert_eq!(
            step().refused(found(b"3")),
            Written::Stale(Some(b"3".to_vec()))
        );
        assert_eq!(step().refused(None), Written::Stale(None));
    }
}
