//! An epoch has one leader: its number is never used again, on any side of the store, and on each side
//! numbers grow.

use std::collections::BTreeMap;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_types::{Epoch, Nonce};

use super::{Outcome, Seen, broken};
use crate::event::Pid;
use crate::services::SideId;
use crate::world::World;

#[derive(Debug, Default)]
pub(crate) struct Epochs {
    newest: BTreeMap<SideId, Epoch>,
    /// Who began an epoch, by which writing.
    leaders: BTreeMap<Epoch, (Pid, Nonce)>,
}

impl Epochs {
    pub(crate) fn newest(&self, side: SideId) -> Epoch {
        self.newest.get(&side).copied().unwrap_or(Epoch::ZERO)
    }

    pub(crate) fn look(&mut self, world: &World, seen: &Seen<'_>) -> Outcome {
        match seen {
            Seen::Begun { pid, side, record } => self.begins(world, *pid, *side, record),
            // A copy may lag.
            Seen::Parted { other: side, .. } | Seen::Rejoined { winner: side, .. } => {
                let stands = world.sides.get(*side);
                let record = stands.and_then(|stands| stands.store.record.as_ref());
                let epoch = record.map_or(Epoch::ZERO, |record| record.epoch);
                self.newest.insert(*side, epoch);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begins(&mut self, _world: &World, pid: Pid, side: SideId, record: &LeaderRecord) -> Outcome {
        const NAME: &str = "one leader an epoch";
        let (epoch, newest) = (record.epoch, self.newest(side));
        if epoch <= newest {
            let what = format!("p{pid} begins epoch {epoch}, and epoch {newest} has begun before");
            return broken(NAME, what);
        }
        let begun = (pid, record.nonce);
        let other = self.leaders.insert(epoch, begun);
        // One request whose answer was lost, and which was sent again when the store had parted, may land on
        // both sides: what is decided on top of one of them is to the other as what a store has lost.
        if let Some((other, _)) = other.filter(|other| *other != begun) {
            let what = format!("p{pid} begins epoch {epoch} on {side:?}, which was p{other}'s");
            return broken(NAME, what);
        }
        self.newest.insert(side, epoch);
        Ok(())
    }
}
