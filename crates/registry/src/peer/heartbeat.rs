use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{Epoch, Stamp};

/// A gateway's sign of life, and what it has heard so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Heartbeat {
    /// Who says it.
    pub gateway: GatewayRecord,
    /// The first words of this process: it takes the place of an earlier process at its address.
    /// Later heartbeats never do, so that of two processes at one address the one that started
    /// last stays.
    pub announce: bool,
    /// The highest epoch it has seen anywhere: a leader of an older one is deposed.
    pub epoch: Epoch,
    /// The newest decision it has applied.
    pub applied: Stamp,
    /// The member list it has, as numbered by the leader of `epoch`; 0 for none.
    pub members_version: u64,
}
