use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_types::Moment;

use super::Member;
use crate::calls::GroupError;

/// Who is in a group, and who was given a name and has not come back with it.
#[derive(Debug, Default)]
pub(super) struct Members {
    by_id: BTreeMap<String, Member>,
    /// Static members, by their lasting names.
    instances: BTreeMap<String, String>,
    /// Names given out, until when they are waited for.
    promised: BTreeMap<String, Moment>,
}

impl Members {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(super) fn is_quite_empty(&self) -> bool {
        self.by_id.is_empty() && self.promised.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Member)> + Clone {
        self.by_id.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&String, &mut Member)> {
        self.by_id.iter_mut()
    }

    pub(super) fn get(&self, member_id: &str) -> Option<&Member> {
        self.by_id.get(member_id)
    }

    pub(super) fn get_mut(&mut self, member_id: &str) -> Option<&mut Member> {
        self.by_id.get_mut(member_id)
    }

    pub(super) fn insert(&mut self, member_id: String, member: Member) {
        self.promised.remove(&member_id);
        if let Some(instance) = &member.profile.instance {
            self.instances.insert(instance.clone(), member_id.clone());
        }
        self.by_id.insert(member_id, member);
    }

    pub(super) fn remove(&mut self, member_id: &str) -> Option<Member> {
        let member = self.by_id.remove(member_id)?;
        if let Some(instance) = &member.profile.instance {
            self.instances.remove(instance);
        }
        Some(member)
    }

    pub(super) fn of_instance(&self, instance: &str) -> Option<&str> {
        self.instances.get(instance).map(String::as_str)
    }

    /// Whether it may speak for itself: a member, and the newest process of a static one.
    pub(super) fn check(&self, member_id: &str, instance: Option<&str>) -> Result<(), GroupError> {
        match instance.map(|instance| self.of_instance(instance)) {
            Some(Some(known)) if known != member_id => Err(GroupError::FencedInstanceId),
            Some(Some(_)) => Ok(()),
            Some(None) => Err(GroupError::UnknownMemberId),
            None if self.by_id.contains_key(member_id) => Ok(()),
            None => Err(GroupError::UnknownMemberId),
        }
    }

    pub(super) fn promise(&mut self, member_id: String, until: Moment) {
        self.promised.insert(member_id, until);
    }

    pub(super) fn is_promised(&self, member_id: &str) -> bool {
        self.promised.contains_key(member_id)
    }

    pub(super) fn forget_promised(&mut self, member_id: &str) -> bool {
        self.promised.remove(member_id).is_some()
    }

    /// Those given out whose time is over are forgotten.
    pub(super) fn pass(&mut self, now: Moment) {
        self.promised.retain(|_, until| now < *until);
    }

    pub(super) fn promised(&self) -> usize {
        self.promised.len()
    }

    /// How many wait for the next generation.
    pub(super) fn joining(&self) -> usize {
        let members = self.by_id.values();
        members.filter(|member| member.joining.is_some()).count()
    }

    /// Whether nobody is waited for, also nobody who was given a name.
    pub(super) fn all_joined(&self) -> bool {
        self.promised.is_empty() && self.joining() == self.by_id.len()
    }

    pub(super) fn all_synced(&self) -> bool {
        self.by_id.values().all(|member| member.synced)
    }

    /// The longest that a member may take to join again.
    pub(super) fn rebalance_timeout(&self) -> Duration {
        let timeouts = self.by_id.values().map(|it| it.profile.rebalance());
        timeouts.max().unwrap_or(Duration::ZERO)
    }

    pub(super) fn next_expiry(&self) -> Moment {
        let members = self.by_id.values().filter(|member| !member.waits());
        let members = members.map(|member| member.expires);
        let all = members.chain(self.promised.values().copied());
        all.min().unwrap_or(Moment::NEVER)
    }
}
