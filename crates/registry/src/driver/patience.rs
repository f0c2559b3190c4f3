use std::time::Duration;

use groupkeeper_types::Nonce;

use crate::machine::Batch;

/// How long a commit is waited for: longer where it is larger, and twice as long each time that it is
/// repeated, so that it is made in the end however slow the store is.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// The newest commit, and how often it was repeated.
    newest: Option<(Nonce, u32)>,
}

impl Patience {
    /// For each change, on top of what any call may take.
    const EACH: Duration = Duration::from_millis(10);
    /// Longer than this no commit is waited for.
    const LONGEST: Duration = Duration::from_secs(600);

    /// How long this commit is waited for, where a small call may take this long.
    pub(super) fn for_commit(&mut self, batch: &Batch, usual: Duration) -> Duration {
        let nonce = batch.next.nonce;
        let again = self.newest.filter(|(newest, _)| *newest == nonce);
        let repeated = again.map_or(0, |(_, repeated)| repeated.saturating_add(1));
        self.newest = Some((nonce, repeated));
        let changes = u32::try_from(batch.changes.len()).unwrap_or(u32::MAX);
        let first = usual + Self::EACH.saturating_mul(changes);
        first
            .saturating_mul(1_u32.checked_shl(repeated).unwrap_or(u32::MAX))
            .min(Self::LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use groupkeeper_assignment_store::{Expected, GatewayRecord};
    use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, RpcAddr};

    use super::*;
    use crate::machine::BatchChange;
    use crate::peer::Decision;

    fn batch(nonce: u64, changes: usize) -> Batch {
        let gateway = GatewayRecord {
            addr: GatewayAddr::new("a:1").unwrap(),
            incarnation: Incarnation::new(1),
            rpc: RpcAddr::new("a:2").unwrap(),
        };
        let nothing = Expected::DoesNotExist;
        let record = nothing.begun_by(&gateway, Epoch::new(1), Nonce::new(nonce));
        let decision = Decision {
            group: GroupName::new("g").unwrap(),
            coordinator: record.leader.clone(),
            stamp: record.stamp(),
        };
        Batch {
            expected: record.clone(),
            next: record,
            changes: vec![BatchChange::Assign(decision); changes],
        }
    }

    #[test]
    fn grows_with_the_size_and_with_every_repetition_of_the_same() {
        let usual = Duration::from_secs(2);
        let mut patience = Patience::default();
        let mut limit = |nonce, changes| patience.for_commit(&batch(nonce, changes), usual);
        assert_eq!(limit(1, 0), usual);
        assert_eq!(limit(2, 100), Duration::from_secs(3));
        assert_eq!(limit(2, 100), Duration::from_secs(6));
        assert_eq!(limit(2, 100), Duration::from_secs(12));
        assert_eq!(limit(3, 0), usual, "another commit");
        for _ in 0..100 {
            limit(3, 0);
        }
        assert_eq!(limit(3, 0), Patience::LONGEST);
    }
}
