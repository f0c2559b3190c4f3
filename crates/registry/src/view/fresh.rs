use std::fmt;
use std::sync::Arc;

use arc_swap::Guard;
use groupkeeper_types::GroupName;

use super::{Groups, Hashing, Known, Published};
use crate::machine::Head;
use crate::peer::MemberList;

/// What a gateway may answer out of, as of one moment: for any number of questions that are answered
/// before anything else happens. The clock is asked once, and what is published is looked up once.
///
/// Not to be kept: it says what was so when it was made. It can't be sent to another thread, so that
/// no task that others may run holds it across an await.
pub struct Fresh<'a> {
    published: Guard<Arc<Published>>,
    groups: papaya::HashMapRef<'a, GroupName, Known, Hashing, papaya::LocalGuard<'a>>,
}

impl<'a> Fresh<'a> {
    /// Of what was published before the groups are looked at: whoever publishes writes the groups
    /// first, so that a head that has been seen is never newer than the groups.
    pub(super) fn new(published: Guard<Arc<Published>>, groups: &'a Groups) -> Self {
        Self {
            published,
            groups: groups.pin(),
        }
    }

    /// The healthy gateways. The list is the very one of
    /// [`member_list`](crate::Registry::member_list) until the next is published, so that what was
    /// made of it can be found again by its address.
    pub fn members(&self) -> &Arc<MemberList> {
        &self.published.members
    }

    /// The index among them of a group's coordinator; `None` where that is not known. Nothing is
    /// copied, and no address compared.
    pub fn place(&self, group: &str) -> Option<usize> {
        let Published { list, members, .. } = &**self.published;
        self.groups.get(group)?.place(*list, members)
    }
}

impl Fresh<'_> {
    pub(super) fn head(&self) -> &Head {
        &self.published.head
    }

    /// A group, where its coordinator is one of the members.
    pub(super) fn known(&self, group: &str) -> Option<(&GroupName, &Known)> {
        let Published { list, members, .. } = &**self.published;
        let (name, known) = self.groups.get_key_value(group)?;
        known.place(*list, members).map(|_| (name, known))
    }
}

impl fmt::Debug for Fresh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fresh").finish_non_exhaustive()
    }
}
