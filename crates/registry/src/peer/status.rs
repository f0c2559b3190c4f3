use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{Epoch, GatewayAddr, RpcAddr, Stamp};

use super::{MemberView, Standing};

/// One gateway's own view of the fleet, for people and their tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryStatus {
    /// Who answers.
    pub gateway: GatewayRecord,
    /// What it is in the fleet.
    pub role: Role,
    /// Who leads, as far as it knows; `None` while nobody does, or somebody who is not one of us.
    pub leader: Option<LeaderView>,
    /// Who holds the leader's lock, as the lock service last said: also a gateway of the reference.
    pub lock_owner: Option<String>,
    /// The newest decision it has applied.
    pub stamp: Stamp,
    /// Whether its view is fresh: it leads, or its session with the leader lives.
    pub fresh: bool,
    /// How far its joining has come; `None` while it does not hear from a leader.
    pub standing: Option<Standing>,
    /// The healthy gateways, sorted by address.
    pub gateways: Vec<MemberView>,
    /// Groups in its memory: at the leader all it has loaded, elsewhere what was asked for.
    pub groups_known: usize,
    /// All groups that have a coordinator, where that is known: at a leader that has loaded them.
    pub assignments: Option<usize>,
    /// Stored entries that could not be read as assignments, at the leader.
    pub unreadable: usize,
    /// Groups that have moved and whose stored assignments are still to be rewritten, at the leader.
    pub behind: usize,
    /// Of those that could not be read, how many this leader has set aside.
    pub set_aside: u64,
    /// Stored assignments that this leader found lost or changed, and wrote again.
    pub restored: u64,
    /// What stands in the way, for people; `None` when nothing does.
    pub problem: Option<String>,
}

/// What a gateway is in the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Hears from a leader, or looks for one.
    Follower,
    /// Has the lock and is beginning its epoch.
    TakingOver,
    /// Decides.
    Leader,
}

/// Who leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaderView {
    /// Its advertised Kafka address.
    pub addr: GatewayAddr,
    /// Where it answers other gateways.
    pub rpc: RpcAddr,
    /// Its term.
    pub epoch: Epoch,
}
