use groupkeeper_types::{GroupName, Nonce, Stamp};

use crate::record::{GroupBody, GroupRecord, Head};

/// One write of a group: from the record that must stand to the next one. It is the same however often
/// it is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    expected: Option<Head>,
    next: GroupRecord,
}

impl Save {
    /// A write over what stands, `None` where nothing may stand, under the token of a lease. It is
    /// `None` where a greater token stands: the group has another owner.
    pub fn new(
        standing: Option<Head>,
        group: GroupName,
        token: Stamp,
        nonce: Nonce,
        body: GroupBody,
    ) -> Option<Self> {
        let head = Head::after(standing.as_ref(), token, nonce);
        let next = GroupRecord { group, head, body };
        let allowed = head.follows(standing.as_ref());
        allowed.then_some(Self {
            expected: standing,
            next,
        })
    }

    /// The group.
    pub fn group(&self) -> &GroupName {
        &self.next.group
    }

    /// The head that must stand; `None` where nothing may.
    pub const fn expected(&self) -> Option<&Head> {
        self.expected.as_ref()
    }

    /// What stands afterwards.
    pub const fn next(&self) -> &GroupRecord {
        &self.next
    }
}
