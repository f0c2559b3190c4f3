//! Faults of real processes on a real store, with a history that is checked afterwards.

mod downstream;
mod faults;
mod figures;
mod fleet;
mod judging;
mod kafka;
mod load;
mod on_etcd;
mod on_hosts;
mod recorder;
mod seen;
mod stale;
mod waits;

pub use downstream::Downstream;
pub use figures::{Figure, Unit};
pub use fleet::{Fleet, GROUPS, Node};
pub use load::{Done, Load};
pub use on_etcd::MEMBERS;
pub use on_hosts::Cut;
pub use recorder::Recorder;
pub use stale::{Asked, StaleWrites, ask_all};
