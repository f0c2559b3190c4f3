//! Which protocol the members of a generation follow.

use std::collections::BTreeMap;

use super::{Machine, Members};
use crate::calls::JoinGroup;

impl Machine {
    /// Whether somebody with these protocols can be in the group: of the same type, and with one that
    /// every member has. A member that joins again is among those, with what it said before.
    pub(super) fn supports(&self, it: &JoinGroup<'_>) -> bool {
        if self.members.is_empty() {
            return !it.protocol_type.is_empty() && !it.protocols.is_empty();
        }
        let shared = |name: &str| {
            self.members
                .iter()
                .all(|(_, member)| member.profile.follows(name))
        };
        let mut protocols = it.protocols.iter();
        it.protocol_type == self.chosen.protocol_type && protocols.any(|it| shared(it.name))
    }
}

impl Members {
    /// The protocol that all can follow and most like best; of equals, the first by name, so that
    /// every owner chooses the same. `None` where there is none that all share.
    pub(super) fn voted(&self) -> Option<String> {
        let shared = |name: &&str| self.iter().all(|(_, member)| member.profile.follows(name));
        let mut votes = BTreeMap::<&str, usize>::new();
        for (_, member) in self.iter() {
            let mut names = member
                .profile
                .protocols
                .iter()
                .map(|(name, _)| name.as_str());
            if let Some(name) = names.find(shared) {
                *votes.entry(name).or_default() += 1;
            }
        }
        // The last of equals is taken, hence from the end.
        let most = votes.into_iter().rev().max_by_key(|&(_, count)| count);
        most.map(|(name, _)| name.to_owned())
    }
}
