//! What tells two states apart: nothing that makes no difference to what can happen from them on.
//!
//! Moments are hashed relative to now, and all that are long past alike; a machine's numbers of
//! operations in the order in which they turn up. So a fleet in which nothing goes wrong comes back
//! to the state it was in, and the search ends without a bound on time.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use groupkeeper_types::Moment;

use crate::time::{EPOCH, QUANTUM, RANGE};

/// Quanta after which all that is past is past alike: longer than any span that a machine adds to a
/// moment or compares with.
const LONG_PAST: i64 = 8;

/// A hasher for what holds moments and numbers of operations.
pub(crate) struct Canon {
    now: u64,
    inner: DefaultHasher,
    ops: Vec<u128>,
}

impl Canon {
    pub(crate) fn new(now: Moment) -> Self {
        Self {
            now: now.as_micros(),
            inner: DefaultHasher::new(),
            ops: Vec::new(),
        }
    }

    /// The numbers of operations that turned up, in that order.
    pub(crate) fn into_ops(self) -> Vec<u128> {
        self.ops
    }
}

impl Hasher for Canon {
    fn write(&mut self, bytes: &[u8]) {
        self.inner.write(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        // The clocks start so late that no other number is in this range.
        if !(EPOCH..EPOCH + RANGE).contains(&value) {
            return self.inner.write_u64(value);
        }
        let quanta = |value: u64| i64::try_from(value / QUANTUM).unwrap_or(i64::MAX);
        let from_now = quanta(value) - quanta(self.now);
        self.inner.write_u8(u8::MAX);
        self.inner.write_i64(from_now.max(-LONG_PAST));
    }

    fn write_u128(&mut self, op: u128) {
        let known = self.ops.iter().position(|it| *it == op);
        let place = known.unwrap_or_else(|| {
            self.ops.push(op);
            self.ops.len() - 1
        });
        self.inner.write_usize(place);
    }

    fn finish(&self) -> u64 {
        self.inner.finish()
    }
}

/// The number of an operation as it is hashed.
pub(crate) fn op_number(op: &impl Hash) -> u128 {
    let mut canon = Canon::new(Moment::ZERO);
    op.hash(&mut canon);
    canon.ops.first().copied().unwrap_or_default()
}

/// A value without moments and numbers of operations, shared between states and hashed once: states
/// differ in little, and most of the time would go into hashing and copying the rest again.
pub(crate) struct Shared<T> {
    print: u64,
    value: Arc<T>,
}

impl<T: Hash> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        let print = hasher.finish();
        let value = Arc::new(value);
        Self { print, value }
    }
}

impl<T: Hash + Clone> Shared<T> {
    /// Changes a copy.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut T)) {
        let mut value = (*self.value).clone();
        change(&mut value);
        *self = Self::new(value);
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        let (print, value) = (self.print, Arc::clone(&self.value));
        Self { print, value }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.print);
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

impl<T> Eq for Shared<T> {}

impl<T> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.print.cmp(&other.print)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
