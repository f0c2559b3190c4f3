use bytes::Bytes;

/// A group as tools show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Where it stands.
    pub state: GroupState,
    /// `consumer`, say; empty where nobody has joined.
    pub protocol_type: String,
    /// The protocol that all follow, once there is one.
    pub protocol: String,
    /// Who is in it.
    pub members: Vec<DescribedMember>,
}

/// Where a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// Members join.
    PreparingRebalance,
    /// They wait for the leader's assignments.
    CompletingRebalance,
    /// They work.
    Stable,
    /// There is none, and offsets may be there.
    Empty,
    /// There is no such group.
    Dead,
}

/// A member as tools show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DescribedMember {
    /// What it is called.
    pub member_id: String,
    /// Its lasting name, where it is a static member.
    pub group_instance_id: Option<String>,
    /// What its client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub client_host: String,
    /// What it said with the protocol that all follow.
    pub metadata: Bytes,
    /// What it is to do.
    pub assignment: Bytes,
}

impl Described {
    /// What is said of a group that is not there: clients up to version 5 are told that it is dead,
    /// newer ones that it was not found (69).
    pub const fn dead() -> Self {
        Self {
            state: GroupState::Dead,
            protocol_type: String::new(),
            protocol: String::new(),
            members: Vec::new(),
        }
    }
}

impl GroupState {
    /// As it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
            Self::Empty => "Empty",
            Self::Dead => "Dead",
        }
    }
}
