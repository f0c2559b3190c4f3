use bytes::Bytes;
use groupkeeper_types::Moment;

use super::{CallId, Client};
use crate::calls::{DescribedMember, JoinGroup, JoinedMember};
use crate::record::{MemberRecord, Profile};

/// One member of a group: what is kept of it, and what is known of it here alone.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) profile: Profile,
    pub(super) assignment: Bytes,
    /// The JoinGroup that waits for the others. While it does, the member counts as having joined.
    pub(super) joining: Option<CallId>,
    /// The SyncGroup that waits for the leader.
    pub(super) syncing: Option<CallId>,
    /// Whether it has asked for its assignment in this generation.
    pub(super) synced: bool,
    /// Whether no JoinGroup of it was answered yet.
    pub(super) is_new: bool,
    /// When it counts as gone, unless it is heard of.
    pub(super) expires: Moment,
}

impl Member {
    pub(super) fn new(profile: Profile, expires: Moment) -> Self {
        Self {
            profile,
            assignment: Bytes::new(),
            joining: None,
            syncing: None,
            synced: false,
            is_new: true,
            expires,
        }
    }

    /// A member of the generation that another owner made, with a fresh session.
    pub(super) fn restored(record: MemberRecord, synced: bool, now: Moment) -> Self {
        let expires = now + record.profile.session();
        Self {
            assignment: record.assignment,
            synced,
            is_new: false,
            ..Self::new(record.profile, expires)
        }
    }

    /// It is alive.
    pub(super) fn heard(&mut self, now: Moment) {
        self.expires = now + self.profile.session();
    }

    /// Whether it waits for an answer of ours, and so can't say that it is alive. The first JoinGroup
    /// of a member has an end of its own: its client may be gone, and have no session that says so.
    pub(super) fn waits(&self) -> bool {
        !self.is_new && (self.joining.is_some() || self.syncing.is_some())
    }

    pub(super) fn is_static(&self) -> bool {
        self.profile.instance.is_some()
    }

    pub(super) fn listed(&self, member_id: &str, protocol: &str) -> JoinedMember {
        JoinedMember {
            member_id: member_id.to_owned(),
            group_instance_id: self.profile.instance.clone(),
            metadata: self.profile.metadata(protocol),
        }
    }

    /// As tools are shown it; with what it does only where that is settled.
    pub(super) fn described(&self, member_id: &str, protocol: Option<&str>) -> DescribedMember {
        DescribedMember {
            member_id: member_id.to_owned(),
            group_instance_id: self.profile.instance.clone(),
            client_id: self.profile.client_id.clone(),
            client_host: self.profile.client_host.clone(),
            metadata: protocol
                .map(|it| self.profile.metadata(it))
                .unwrap_or_default(),
            assignment: protocol
                .map(|_| self.assignment.clone())
                .unwrap_or_default(),
        }
    }

    pub(super) fn record(&self, member_id: &str) -> MemberRecord {
        MemberRecord {
            member_id: member_id.to_owned(),
            profile: self.profile.clone(),
            assignment: self.assignment.clone(),
        }
    }
}

/// What a member says of itself.
pub(super) fn profile(client: Client<'_>, it: &JoinGroup<'_>) -> Profile {
    let millis = |span: std::time::Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let protocols = it.protocols.iter();
    Profile {
        instance: it.group_instance_id.map(str::to_owned),
        client_id: client.id.to_owned(),
        client_host: client.host.to_owned(),
        session_ms: millis(it.session_timeout),
        rebalance_ms: millis(it.rebalance_timeout),
        protocols: protocols
            .map(|it| (it.name.to_owned(), Bytes::copy_from_slice(it.metadata)))
            .collect(),
    }
}
