//! Time passes in quanta.

use std::time::Duration;

use groupkeeper_registry::Timing;
use groupkeeper_types::Moment;

/// The length of a quantum, in microseconds.
pub(crate) const QUANTUM: u64 = 1_000_000;
/// What the clocks show at the start, and how far from it they can get.
pub(crate) const EPOCH: u64 = 1_000_000_000 * QUANTUM;
pub(crate) const RANGE: u64 = 1_000_000 * QUANTUM;

/// What every clock shows after so many quanta.
pub(crate) fn moment(quanta: u64) -> Moment {
    Moment::from_micros(EPOCH + quanta * QUANTUM)
}

/// A lease of some quanta, and everything else due at every quantum, with no margin at all: an
/// inequality that is off by one shows. Promises of speed are not looked at here.
pub(crate) fn timing(lease: u8) -> Timing {
    let quantum = Duration::from_micros(QUANTUM);
    Timing {
        lock_ttl: quantum,
        renew_every: quantum,
        lock_call: quantum,
        retry_every: quantum,
        take_over: quantum,
        lease: u32::from(lease) * quantum,
        heartbeat_every: quantum,
        verify_every: quantum,
        rejoin: Duration::ZERO,
        round_trips: Duration::ZERO,
        announce: Duration::ZERO,
        drift_ppm: 0,
        margin: Duration::ZERO,
        store_call: quantum,
        find: quantum,
        ..Timing::default()
    }
}
