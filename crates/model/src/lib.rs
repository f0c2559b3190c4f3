//! The state machine that ships, in every order of events that small bounds allow.
//!
//! Two gateways, two groups, a lock that is only a hint, a store that makes commits change by
//! change, messages that are lost, late and doubled, pauses and restarts. Time passes in quanta: in
//! between, everything that is under way arrives in every order.

mod action;
mod flying;
mod hashed;
mod model;
mod names;
mod properties;
mod state;
mod steps;
mod store;

use std::time::Duration;

use groupkeeper_registry::Timing;

pub use action::{Action, InFlight};
pub use model::Fleet;
pub use state::{Faults, State};

/// A lease of three quanta, and everything else due at every quantum, with no margin at all: an
/// inequality that is off by one shows. Promises of speed are not looked at here.
pub(crate) fn timing() -> Timing {
    let quantum = Duration::from_micros(state::QUANTUM);
    Timing {
        lock_ttl: quantum,
        renew_every: quantum,
        lock_call: quantum,
        retry_every: quantum,
        take_over: quantum,
        lease: 3 * quantum,
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
