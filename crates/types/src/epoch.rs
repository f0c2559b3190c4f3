use std::fmt;

use serde::{Deserialize, Serialize};

/// One leader's term: durable, unlike any other, and only growing.
///
/// It is a ballot as in Paxos: a number, and a tag of whoever began it. Two leaders on two copies of a
/// store may come to the same number, and never to the same epoch; of the two one is greater, everywhere
/// the same one. Both stand in one `u64`, the number in the upper half, so that epochs are compared and
/// stored as one value. Below 2^32 there is no tag: so wrote versions before this one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Epoch(u64);

impl Epoch {
    /// Before any leader: the epoch of what the reference wrote, and of an empty store.
    pub const ZERO: Self = Self(0);

    /// The epoch that [`get`](Self::get) gave.
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The one value that stands for it.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// How many terms there have been on its side of the store, this one included.
    pub const fn number(self) -> u32 {
        let upper = self.0 >> 32;
        #[expect(clippy::cast_possible_truncation, reason = "either half has 32 bits")]
        if upper == 0 {
            self.0 as u32
        } else {
            upper as u32
        }
    }

    /// One after it, greater than every epoch of its number. `tag` is drawn anew for each epoch that
    /// somebody tries to begin.
    #[must_use]
    pub const fn next(self, tag: u32) -> Self {
        let number = self.number().saturating_add(1) as u64;
        Self((number << 32) | tag as u64)
    }
}

/// The number, and the tag in hexadecimal where there is one: `7-0a1b2c3d`.
impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())?;
        if self.0 >> 32 == 0 {
            return Ok(());
        }
        write!(f, "-{:08x}", self.0 & u64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_greater_than_all_of_the_number_before_whatever_the_tags() {
        let first = Epoch::ZERO.next(u32::MAX);
        let second = first.next(0);
        assert!(Epoch::ZERO < first && first < second);
        assert_eq!((first.number(), second.number()), (1, 2));
        assert_ne!(first, Epoch::ZERO.next(3));
        // What a version without tags wrote goes on.
        let old = Epoch::new(7);
        assert!(old < old.next(0) && old.next(0).number() == 8);
        assert_eq!(
            [old.to_string(), old.next(0xa1).to_string()],
            ["7", "8-000000a1"]
        );
    }
}
