use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::{Call, DescribedMember, JoinGroup};

/// One member of a group.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) group_instance_id: Option<String>,
    client_id: String,
    client_host: String,
    session_timeout: Duration,
    pub(super) rebalance_timeout: Duration,
    /// Name and metadata, the one it likes best first.
    pub(super) protocols: Vec<(String, Bytes)>,
    /// Whether it has joined the generation that is being made.
    pub(super) joined: bool,
    /// When it counts as gone, unless it is heard of.
    pub(super) expires: Instant,
    pub(super) assignment: Bytes,
}

impl Member {
    pub(super) fn new(call: &Call<'_>, request: &JoinGroup<'_>, now: Instant) -> Self {
        let protocols = request.protocols.iter().map(|protocol| {
            let metadata = Bytes::copy_from_slice(protocol.metadata);
            (protocol.name.to_owned(), metadata)
        });
        Self {
            group_instance_id: request.group_instance_id.map(str::to_owned),
            client_id: call.client_id.unwrap_or_default().to_owned(),
            client_host: format!("/{}", call.client_host),
            session_timeout: request.session_timeout,
            rebalance_timeout: request.rebalance_timeout,
            protocols: protocols.collect(),
            joined: true,
            expires: now + request.session_timeout,
            assignment: Bytes::new(),
        }
    }

    /// It is alive.
    pub(super) fn heard(&mut self, now: Instant) {
        self.expires = now + self.session_timeout;
    }

    pub(super) fn follows(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| name == protocol)
    }

    pub(super) fn metadata(&self, protocol: &str) -> Bytes {
        let mut protocols = self.protocols.iter();
        let found = protocols.find(|(name, _)| name == protocol);
        found
            .map(|(_, metadata)| metadata.clone())
            .unwrap_or_default()
    }

    pub(super) fn described(&self, member_id: &str, protocol: &str) -> DescribedMember {
        DescribedMember {
            member_id: member_id.to_owned(),
            group_instance_id: self.group_instance_id.clone(),
            client_id: self.client_id.clone(),
            client_host: self.client_host.clone(),
            metadata: self.metadata(protocol),
            assignment: self.assignment.clone(),
        }
    }
}
