use std::sync::Arc;

use groupkeeper_types::{Moment, Stamp};

use crate::peer::{LeaderView, MemberList, Role, Standing};

/// What the outside may know of a machine, apart from the groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What this gateway is.
    pub role: Role,
    /// Who leads, as far as it knows.
    pub leader: Option<LeaderView>,
    /// Who holds the lock, as it last heard.
    pub lock_owner: Option<String>,
    /// The newest decision it has applied.
    pub applied: Stamp,
    /// Until when what it learned may be given as an answer: to be compared with the clock at the
    /// moment of the answer.
    pub fresh_until: Moment,
    /// Until when this gateway may act as coordinator of what it holds, to be compared likewise.
    pub lease_until: Moment,
    /// The least token under which it may act for any of it.
    pub token_floor: Stamp,
    /// The healthy gateways.
    pub members: Arc<MemberList>,
    /// How far its joining has come.
    pub standing: Option<Standing>,
    /// Groups in its memory.
    pub groups_known: usize,
    /// All groups with a coordinator, where known.
    pub assignments: Option<usize>,
    /// Stored entries that can't be read.
    pub unreadable: usize,
    /// Those that have been set aside by this leader.
    pub set_aside: u64,
    /// Stored assignments that were lost or changed behind its back, and were written again.
    pub restored: u64,
    /// Stored assignments to be rewritten behind failovers.
    pub behind: usize,
    /// What stands in the way.
    pub problem: Option<String>,
}
