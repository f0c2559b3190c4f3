//! Faults of real processes on a real SeaweedFS, with a history that is checked afterwards.

mod figures;
mod fleet;
mod kafka;
mod recorder;
mod waits;
mod wire;

pub use figures::{Figure, Unit};
pub use fleet::{Fleet, Node};
pub use recorder::Recorder;
pub use wire::{Cut, Wire};
