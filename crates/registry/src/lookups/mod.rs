//! How a look-up is answered, without I/O: what a [`View`] says, whom it sends to, how the store is read, and
//! which answers count. The registry runs it on real parts, the simulation on its own.

mod asking;
mod kept;
mod reading;

pub use asking::{Asking, Then};
pub(crate) use asking::{no_leader, older};
pub use kept::{KeptAnswers, RememberedNone};
pub use reading::{Next, Reading};

pub use crate::view::{Lookup, View};
