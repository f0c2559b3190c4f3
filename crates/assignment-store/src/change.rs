use groupkeeper_types::{GatewayAddr, GroupName};

use crate::{Admission, Assignment};

/// One change of a commit. Each is atomic, and doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// Writes a group's assignment, over whatever was there.
    Assign(Assignment),
    /// Removes a group's assignment; nothing happens when there is none.
    Unassign(GroupName),
    /// Writes a gateway into the stored set, over an earlier incarnation.
    Admit(Admission),
    /// Removes a gateway from the stored set; nothing happens when it is not there.
    Dismiss(GatewayAddr),
    /// Moves what can't be read as an assignment out of the way, by the name under which it was
    /// [listed](crate::Listed::Unreadable), and keeps it for people: its group is then one without an
    /// assignment. Nothing happens where there is nothing, or where it can be read by now.
    ///
    /// A store keeps at most [`Change::MAX_SET_ASIDE`] of them and refuses more as
    /// [unsupported](crate::WriteError::Unsupported); so does it what it can't move.
    SetAside(String),
}

impl Change {
    /// The most entries that a store keeps aside for one fleet, until people take them away. A store
    /// may keep a few more where two commits run into it at once.
    pub const MAX_SET_ASIDE: usize = 1_000;

    /// What a store says that has as many as it keeps.
    pub fn too_many_set_aside(place: &str) -> String {
        format!(
            "{} unreadable entries have been set aside in {place} already: look at them, and take them \
             away",
            Self::MAX_SET_ASIDE
        )
    }
}
