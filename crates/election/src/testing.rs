//! What tests of leaders need: a clock on Tokio's paused time, and a lock service that fails on
//! demand.

mod faults;
mod faulty;
mod tokio_clock;

pub use faults::{Fault, Faults, Operation};
pub use faulty::FaultyLockService;
pub use tokio_clock::TokioClock;
