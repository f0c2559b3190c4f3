//! Faults of real processes on a real SeaweedFS, with a history that is checked afterwards.

mod faults;
mod figures;
mod fleet;
mod kafka;
mod load;
mod recorder;
mod seen;
mod stale;
mod waits;
mod wire;

pub use figures::{Figure, Unit};
pub use fleet::{Fleet, Node};
pub use load::{Done, Load};
pub use recorder::Recorder;
pub use stale::{Asked, StaleWrites, ask_all};
pub use wire::{Cut, Wire};
