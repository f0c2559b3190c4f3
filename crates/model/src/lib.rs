//! The state machine that ships, in every order of events that small bounds allow.
//!
//! Two gateways, two groups, a lock that is only a hint, a store that makes commits change by
//! change, messages that are lost, late and doubled, pauses, restarts and stops. Time passes in
//! quanta, without end: in between, everything that is under way arrives in every order.

mod actions;
mod apply;
mod bounds;
mod canon;
mod check;
mod configs;
mod fleet;
mod flight;
mod judge;
mod names;
mod properties;
mod seen;
mod state;
mod steps;
mod store;
mod time;
mod words;

pub use actions::{Action, InFlight};
pub use bounds::{Bounds, Budget, Start};
pub use check::{Broken, Outcome, per_second, search};
pub use configs::Config;
pub use fleet::Fleet;
pub use seen::{Kind, Seen};
pub use state::State;
