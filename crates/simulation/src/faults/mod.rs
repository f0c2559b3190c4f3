//! What goes wrong, and when.

mod forks;
mod healing;
mod inject;
mod lasting;
mod outage;
mod plan;

use outage::Outage;
pub(crate) use plan::{Kind, Plan};

use crate::event::Pid;

/// The end of a fault.
#[derive(Debug, Clone)]
pub(crate) enum Undo {
    /// A process starts.
    Start { slot: usize },
    /// A paused process goes on.
    Resume { pid: Pid },
    /// A process ends.
    Kill { pid: Pid },
    /// A process ends, and another starts in its place at once.
    Restart { pid: Pid },
    /// These wires carry again.
    Mend { wires: Vec<(usize, usize)> },
    /// The network is as good as it was.
    NetworkCalm,
    /// The store is back, for everybody or for one.
    StoreBack { slot: Option<usize> },
    /// The store takes no time for changes any more.
    StoreFast,
    /// The store is as good as it was.
    StoreCalm,
    /// The lock service is back.
    LockBack { slots: Vec<usize> },
    /// The lock service is as good as it was.
    LockCalm,
    /// The two sides of a parted store are one again.
    Rejoin,
    /// A copy gets what it has not got.
    Moves { slot: usize },
}
