use std::time::Duration;

use bytes::Bytes;
use groupkeeper_types::WallTime;
use serde::{Deserialize, Serialize};

use super::base64;

/// All that is kept of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupBody {
    /// Where it stands.
    pub phase: Phase,
    /// Its generation; 0 before the first.
    pub generation: i32,
    /// `consumer`, say; empty where nobody has joined.
    pub protocol_type: String,
    /// The protocol that all follow, once there is one.
    pub protocol: String,
    /// The member that assigns.
    pub leader: String,
    /// Its members, by their names.
    pub members: Vec<MemberRecord>,
    /// How far it has got, by topic and partition.
    pub offsets: Vec<OffsetRecord>,
    /// When it became what it is, for people and for what expires.
    pub changed_at: WallTime,
}

/// Where a group stands, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody is in it.
    #[default]
    Empty,
    /// Members are to join again.
    Preparing,
    /// The leader is to assign.
    Completing,
    /// Members work.
    Stable,
}

/// A member as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRecord {
    /// What it is called.
    pub member_id: String,
    /// What it said of itself.
    #[serde(flatten)]
    pub profile: Profile,
    /// What it is to do.
    #[serde(with = "base64")]
    pub assignment: Bytes,
}

/// What a member says of itself when it joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its lasting name, where it is a static member.
    pub instance: Option<String>,
    /// What its client calls itself.
    pub client_id: String,
    /// Where it connects from.
    pub client_host: String,
    /// How long it may be silent, in milliseconds.
    pub session_ms: u64,
    /// How long it may take to join again, in milliseconds.
    pub rebalance_ms: u64,
    /// Its protocols and what goes with each, byte for byte, the one it likes best first.
    #[serde(with = "base64::protocols")]
    pub protocols: Vec<(String, Bytes)>,
}

impl Profile {
    /// How long it may be silent.
    pub fn session(&self) -> Duration {
        Duration::from_millis(self.session_ms)
    }

    /// How long it may take to join again.
    pub fn rebalance(&self) -> Duration {
        Duration::from_millis(self.rebalance_ms)
    }

    /// Whether it can follow a protocol.
    pub fn follows(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| name == protocol)
    }

    /// What it said with a protocol.
    pub fn metadata(&self, protocol: &str) -> Bytes {
        let found = self.protocols.iter().find(|(name, _)| name == protocol);
        found.map(|(_, bytes)| bytes.clone()).unwrap_or_default()
    }
}

/// An offset as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetRecord {
    /// The topic.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The next record to read.
    pub offset: i64,
    /// The leader epoch that came with it; -1 where none did.
    pub leader_epoch: i32,
    /// What came with it.
    pub metadata: String,
    /// When it was committed.
    pub committed_at: WallTime,
}
