use std::time::Duration;

use bytes::Bytes;

/// JoinGroup: a member wants to be in the next generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinGroup<'a> {
    /// How long it may be silent before it counts as gone. What was negative is 0.
    pub session_timeout: Duration,
    /// How long it may take to join again when the others do; version 0 means the session timeout.
    pub rebalance_timeout: Duration,
    /// What it was called before; empty when it is new.
    pub member_id: &'a str,
    /// The name it keeps over restarts, where it is a static member.
    pub group_instance_id: Option<&'a str>,
    /// `consumer`, say.
    pub protocol_type: &'a str,
    /// Its protocols, the one it likes best first.
    pub protocols: Vec<Protocol<'a>>,
    /// Why it joins, for people.
    pub reason: Option<&'a str>,
    /// Whether its client understands [`JoinAnswer::MemberIdRequired`] (version 4 and up).
    pub takes_member_id: bool,
    /// Whether its client understands [`Joined::skip_assignment`] (version 9 and up).
    pub takes_skip_assignment: bool,
}

/// A protocol that a member can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocol<'a> {
    /// Its name, `range` say.
    pub name: &'a str,
    /// What the group's leader is to know of the member.
    pub metadata: &'a [u8],
}

/// What a member that joins is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinAnswer {
    /// It is in this generation.
    Joined(Joined),
    /// It is new, and is to join again under this name (79): so a client that never hears its name
    /// leaves no member behind.
    MemberIdRequired(String),
}

/// A member's place in a generation. Texts longer than 32,767 bytes are cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    /// The generation, 0 and up, one more after each rebalance.
    pub generation: i32,
    /// The protocol type of the group.
    pub protocol_type: String,
    /// The protocol that all follow.
    pub protocol: String,
    /// The member that decides the assignments.
    pub leader: String,
    /// Whether the leader is to leave the assignments as they are (clients of version 9 and up).
    pub skip_assignment: bool,
    /// What this member is called.
    pub member_id: String,
    /// All members, for the leader; empty for the others.
    pub members: Vec<JoinedMember>,
}

/// A member as the leader learns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedMember {
    /// What it is called.
    pub member_id: String,
    /// Its lasting name, where it is a static member.
    pub group_instance_id: Option<String>,
    /// What it said with the protocol that all follow.
    pub metadata: Bytes,
}

/// SyncGroup: a member asks for its assignment; the leader brings everybody's along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncGroup<'a> {
    /// The generation it thinks it is in.
    pub generation: i32,
    /// What it is called.
    pub member_id: &'a str,
    /// Its lasting name, where it is a static member.
    pub group_instance_id: Option<&'a str>,
    /// The protocol type it thinks the group has (version 5 and up).
    pub protocol_type: Option<&'a str>,
    /// The protocol it thinks that all follow (version 5 and up).
    pub protocol: Option<&'a str>,
    /// The assignments, from the leader.
    pub assignments: Vec<Assignment<'a>>,
}

/// What the leader assigns to one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The member.
    pub member_id: &'a str,
    /// What it is to do, in the protocol's own form.
    pub assignment: &'a [u8],
}

/// What a member that syncs is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// The protocol type of the group.
    pub protocol_type: String,
    /// The protocol that all follow.
    pub protocol: String,
    /// What the member is to do.
    pub assignment: Bytes,
}

/// Heartbeat: a member is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat<'a> {
    /// The generation it thinks it is in.
    pub generation: i32,
    /// What it is called.
    pub member_id: &'a str,
    /// Its lasting name, where it is a static member.
    pub group_instance_id: Option<&'a str>,
}

/// LeaveGroup: members go. Up to version 2 there is exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveGroup<'a> {
    /// Who goes.
    pub members: Vec<LeavingMember<'a>>,
}

/// A member that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeavingMember<'a> {
    /// What it is called; empty where an administrator names a static member.
    pub member_id: &'a str,
    /// Its lasting name, where it is a static member.
    pub group_instance_id: Option<&'a str>,
    /// Why it goes, for people.
    pub reason: Option<&'a str>,
}
