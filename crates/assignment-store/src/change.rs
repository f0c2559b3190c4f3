use groupkeeper_types::{GatewayAddr, GroupName};

use crate::{Assignment, GatewayRecord};

/// One change of a commit. Each is atomic, and doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// Writes a group's assignment, over whatever was there.
    Assign(Assignment),
    /// Removes a group's assignment; nothing happens when there is none.
    Unassign(GroupName),
    /// Writes a gateway into the stored set, over an earlier incarnation.
    Admit(GatewayRecord),
    /// Removes a gateway from the stored set; nothing happens when it is not there.
    Dismiss(GatewayAddr),
}
