//! No lease is too long (a part of G2).
//!
//! A gateway that follows counts its lease from when it sent the heartbeat, and so lets go before its
//! leader counts on it. And no lease lasts longer than D from when its leader's record last stood:
//! by then a newer leader may count on its being over. Both by a clock as slow as may be.

use std::collections::BTreeMap;

use groupkeeper_registry::peer::Role;
use groupkeeper_types::Epoch;

use super::{Outcome, Seen, broken};
use crate::clock::{Time, ms, s};
use crate::world::World;

const NAME: &str = "G2 leases end in time";

#[derive(Debug, Default)]
pub(crate) struct Leases {
    /// When an epoch was followed by another.
    over: BTreeMap<Epoch, Time>,
    newest: Epoch,
}

/// The longest a lease may last, in true time.
fn longest(world: &World) -> Time {
    let timing = &world.config.timing;
    let lease = u64::try_from(timing.lease.as_micros()).unwrap_or(s(10));
    lease * 1_000_000 / (1_000_000 - u64::from(timing.drift_ppm)) + ms(1)
}

impl Leases {
    pub(crate) fn look(&mut self, world: &World, seen: &Seen<'_>) -> Outcome {
        match seen {
            Seen::Begun { record, .. } => {
                self.over.insert(self.newest, world.now);
                self.newest = record.epoch;
                Ok(())
            }
            Seen::Leased { pid } => {
                let Some(process) = world.processes.get(pid) else {
                    return Ok(());
                };
                let head = &process.view.head;
                let end = world.hosts[process.slot].clock.when(head.lease_until);
                let longest = longest(world);
                let heard = process.heard.unwrap_or(0);
                if head.role != Role::Leader && end > heard + longest {
                    let over = (end - heard - longest) / 1_000;
                    let what = format!("p{pid} counts its lease {over} ms too long");
                    return broken(NAME, what);
                }
                let epoch = head.leader.as_ref().map(|leader| leader.epoch);
                let stood = epoch.and_then(|epoch| self.over.get(&epoch)).copied();
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
