//! A store in this process's memory: for `memory:` fleets of one process, and for tests.
//!
//! With the feature `testing` it can be told to misbehave: to fail, lose answers, stop half way,
//! hang, act late, or go back in time.

mod call;
#[cfg(feature = "testing")]
mod fault;
#[cfg(feature = "testing")]
mod faults;
#[cfg(feature = "testing")]
mod gate;
#[cfg(feature = "testing")]
mod hostile;
#[cfg(not(feature = "testing"))]
mod plain;
mod state;
mod store;
mod write;

#[cfg(feature = "testing")]
pub use call::Call;
#[cfg(feature = "testing")]
pub use fault::Fault;
#[cfg(feature = "testing")]
pub use gate::Gate;
#[cfg(feature = "testing")]
pub use hostile::Snapshot;
pub use store::MemoryAssignmentStore;
