//! No lease is too long (a part of G2).
//!
//! A gateway that follows counts its lease from when it sent the heartbeat, and so lets go before its
//! leader counts on it. And no lease lasts longer than D from when its leader's record last stood:
//! by then a newer leader may count on its being over. Both by a clock as slow as may be.

use std::collections::BTreeMap;

use groupkeeper_registry::peer::Role;
use groupkeeper_types::Epoch;

use super::{Outcome, Seen, broken};
use crate::clock::Time;
use crate::services::SideId;
use crate::world::World;

const NAME: &str = "G2 leases end in time";

#[derive(Debug, Default)]
pub(crate) struct Leases {
    sides: BTreeMap<SideId, Epochs>,
}

#[derive(Debug, Clone, Default)]
struct Epochs {
    /// When an epoch was followed by another, or was lost.
    over: BTreeMap<Epoch, Time>,
    newest: Epoch,
}

impl Epochs {
    /// As a copy has them that lacks what came after a moment.
    fn known_by(mut self, moment: Time) -> Self {
        let lost = self.over.iter().filter(|(_, at)| **at > moment);
        if let Some((epoch, _)) = lost.min_by_key(|(_, at)| **at) {
            self.newest = *epoch;
        }
        self.over.retain(|_, at| *at <= moment);
        self
    }
}

impl Leases {
    pub(crate) fn look(&mut self, world: &World, seen: &Seen<'_>) -> Outcome {
        match seen {
            Seen::Begun { side, record, .. } => {
                let epochs = self.sides.entry(*side).or_default();
                epochs.over.insert(epochs.newest, world.now);
                epochs.newest = record.epoch;
                Ok(())
            }
            Seen::Parted { here, other, as_of } => {
                let copy = self.sides.get(here).cloned().unwrap_or_default();
                self.sides.insert(*other, copy.known_by(*as_of));
                Ok(())
            }
            Seen::Rejoined { loser, .. } => {
                let epochs = self.sides.entry(*loser).or_default();
                epochs.over.insert(epochs.newest, world.now);
                Ok(())
            }
            Seen::Leased { pid } => {
                let Some(process) = world.processes.get(pid) else {
                    return Ok(());
                };
                let head = &process.view.head;
                let end = world.hosts[process.slot].clock.when(head.lease_until);
                let longest = world.longest_lease();
                let heard = process.heard.unwrap_or(0);
                if head.role != Role::Leader && end > heard + longest {
                    let over = (end - heard - longest) / 1_000;
                    let what = format!("p{pid} counts its lease {over} ms too long");
                    return broken(NAME, what);
                }
                let epoch = head.leader.as_ref().map(|leader| leader.epoch);
                let its = self.sides.get(&process.leased_on);
                let stood = its.zip(epoch).and_then(|(its, epoch)| its.over.get(&epoch));
                let stood = stood.copied();
                if let Some(stood) = stood
                    && end > stood + longest
                {
                    let over = (end - stood - longest) / 1_000;
                    return broken(
                        NAME,
                        format!(
                            "p{pid} is leased in epoch {epoch:?}, which is over, {over} ms too long"
                        ),
                    );
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
