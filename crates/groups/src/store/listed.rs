use groupkeeper_types::GroupName;

use crate::calls::GroupState;
use crate::record::{GroupRecord, Undecodable};

/// A group in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGroup {
    /// Its name.
    pub group: GroupName,
    /// `consumer`, say; empty where nobody has joined, or the record can't be read.
    pub protocol_type: String,
    /// Where it stood when it was written last; [`Dead`](GroupState::Dead) for one that was deleted or
    /// never used, and whose record only keeps its fence.
    pub state: GroupState,
    /// Why its record can't be read, where it can't.
    pub unreadable: Option<String>,
}

impl ListedGroup {
    /// As a record shows it.
    pub fn of(group: GroupName, record: &Result<GroupRecord, Undecodable>) -> Self {
        let body = record.as_ref().ok().map(|record| &record.body);
        Self {
            group,
            protocol_type: body.map(|it| it.protocol_type.clone()).unwrap_or_default(),
            state: body.map_or(GroupState::Dead, |body| body.state()),
            unreadable: record.as_ref().err().map(ToString::to_string),
        }
    }
}
