//! The epochs that a gateway has seen, and which of them it took part in. What was decided in them is not
//! in it.

use std::time::Duration;

use groupkeeper_assignment_store::{LeaderRecord, Leases};
use groupkeeper_types::{Epoch, Incarnation, Nonce};

/// Where this process stands among the epochs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(in crate::machine) struct Epochs {
    /// The highest epoch seen anywhere: in the record, in assignments, in what gateways report.
    seen: Epoch,
    /// The newest epoch that it took part in: all that it knows and holds is of that one's history.
    stood: Epoch,
    /// Another history than this fleet's has come to light, under which somebody may have acted: the next
    /// commit raises the floor of all tokens.
    raise_floor: bool,
    writings: u64,
}

impl Epochs {
    pub(in crate::machine) fn seen(&self) -> Epoch {
        self.seen
    }

    pub(in crate::machine) fn stood(&self) -> Epoch {
        self.stood
    }

    /// This gateway takes part in this epoch; in which it did before.
    pub(in crate::machine) fn take_part(&mut self, epoch: Epoch) -> Epoch {
        std::mem::replace(&mut self.stood, epoch)
    }

    /// Another history has come to light, if that is so.
    pub(in crate::machine) fn raise_floor_if(&mut self, other: bool) {
        self.raise_floor |= other;
    }

    /// Whether the next commit is to raise the floor of all tokens.
    pub(in crate::machine) fn raises_floor(&self) -> bool {
        self.raise_floor
    }

    /// Remembers an epoch; whether nothing newer had been seen.
    pub(in crate::machine) fn see(&mut self, epoch: Epoch) -> bool {
        let newest = epoch >= self.seen;
        self.seen = self.seen.max(epoch);
        newest
    }

    /// Different for every writing of this process, and as random as its incarnation between processes.
    pub(in crate::machine) fn nonce(&mut self, process: Incarnation) -> Nonce {
        self.writings += 1;
        // An odd factor keeps the steps from meeting.
        let step = self.writings.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Nonce::new(process.get().wrapping_add(step))
    }

    /// An epoch greater than every one that has been seen, and that nobody else begins.
    pub(in crate::machine) fn next(&mut self, process: Incarnation) -> Epoch {
        let [.., a, b, c, d] = self.nonce(process).get().to_le_bytes();
        self.seen.next(u32::from_le_bytes([a, b, c, d]))
    }

    /// Completes a record that this gateway is about to write: it gives leases as long as `given`, ones as
    /// long as `longest` may be running, and where another history has come to light, no token is less than
    /// this writing.
    pub(in crate::machine) fn complete(
        &self,
        mut next: LeaderRecord,
        given: Duration,
        longest: Duration,
    ) -> LeaderRecord {
        next.leases = Some(Leases {
            given,
            running: longest,
        });
        if self.raise_floor {
            next.floor = next.stamp();
        }
        next
    }

    /// A record of this gateway stands.
    pub(in crate::machine) fn stands(&mut self, record: &LeaderRecord) {
        self.raise_floor &= record.floor != record.stamp();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::record;

    const PROCESS: Incarnation = Incarnation::new(7);
    const LEASE: Duration = Duration::from_secs(1);

    #[test]
    fn the_next_epoch_is_above_all_that_were_seen_and_nobody_else_s() {
        let mut epochs = Epochs::default();
        assert!(epochs.see(Epoch::new(5)) && !epochs.see(Epoch::new(4)));
        let (one, other) = (epochs.next(PROCESS), epochs.next(PROCESS));
        assert!(one > Epoch::new(5) && other > Epoch::new(5) && one != other);
        assert_ne!(one, epochs.clone().next(Incarnation::new(8)));
    }

    #[test]
    fn the_floor_is_raised_until_a_record_says_so() {
        let mut epochs = Epochs::default();
        epochs.raise_floor_if(true);
        epochs.raise_floor_if(false);
        let plain = record(2, None);
        epochs.stands(&plain);
        assert!(epochs.raises_floor(), "that record did not");
        let raised = epochs.complete(plain.clone(), LEASE, LEASE);
        assert_eq!(raised.floor, plain.stamp());
        epochs.stands(&raised);
        assert!(!epochs.raises_floor());
        assert_eq!(
            epochs.complete(plain.clone(), LEASE, LEASE).floor,
            plain.floor
        );
    }
}
