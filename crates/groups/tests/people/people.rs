use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_groups::{
    Assignment, Call, CommitPartition, CommitTopic, FixedLease, GroupConfig, GroupCoordinator as _,
    GroupError, Groups, Heartbeat, JoinAnswer, JoinGroup, Joined, LeaveGroup, LeavingMember,
    MemoryGroupStore, OffsetCommit, OffsetFetch, Protocol, SyncGroup,
};
use groupkeeper_types::{Clock, GroupName, Moment};
use tokio::time::Instant;

pub(crate) const SESSION: Duration = Duration::from_secs(10);
pub(crate) const REBALANCE: Duration = Duration::from_secs(60);

/// The time that passes in tests, which tokio can stop.
#[derive(Debug)]
struct Tokio(Instant);

impl Clock for Tokio {
    fn now(&self) -> Moment {
        Moment::ZERO + self.0.elapsed()
    }
}

/// One gateway, under one decision.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) groups: Arc<Groups>,
    pub(crate) lease: Arc<FixedLease>,
}

impl Place {
    pub(crate) fn new(store: &MemoryGroupStore, revision: u64) -> Self {
        let clock = Arc::new(Tokio(Instant::now()));
        let groups = Groups::new(Arc::new(store.clone()), clock, GroupConfig::default());
        Self {
            groups: Arc::new(groups),
            lease: lease(revision),
        }
    }

    /// The same gateway under a newer decision.
    pub(crate) fn again(&self, revision: u64) -> Self {
        Self {
            groups: Arc::clone(&self.groups),
            lease: lease(revision),
        }
    }

    pub(crate) fn call(&self) -> Call<'static> {
        Call {
            lease: Arc::clone(&self.lease) as _,
            client_id: Some("client"),
            client_host: Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// Joins under a name, with protocols that are their own metadata.
    pub(crate) async fn join_as(
        &self,
        member_id: &str,
        instance: Option<&str>,
        protocols: &[&str],
    ) -> Result<JoinAnswer, GroupError> {
        let protocols = protocols.iter().map(|name| Protocol {
            name,
            metadata: name.as_bytes(),
        });
        self.join_all(member_id, instance, protocols.collect())
            .await
    }

    /// Joins under a name, with what a consumer says of its subscription.
    pub(crate) async fn join_with(
        &self,
        member_id: &str,
        metadata: &[u8],
    ) -> Result<JoinAnswer, GroupError> {
        let name = "range";
        self.join_all(member_id, None, vec![Protocol { name, metadata }])
            .await
    }

    async fn join_all(
        &self,
        member_id: &str,
        instance: Option<&str>,
        protocols: Vec<Protocol<'_>>,
    ) -> Result<JoinAnswer, GroupError> {
        let request = JoinGroup {
            session_timeout: SESSION,
            rebalance_timeout: REBALANCE,
            member_id,
            group_instance_id: instance,
            protocol_type: "consumer",
            protocols,
            reason: None,
            takes_member_id: true,
            takes_skip_assignment: true,
        };
        self.groups.join_group(self.call(), &request).await
    }

    /// A new member's name.
    pub(crate) async fn name(&self) -> String {
        match self.join_as("", None, &["range"]).await {
            Ok(JoinAnswer::MemberIdRequired(name)) => name,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn join(&self, member_id: &str) -> Result<Joined, GroupError> {
        match self.join_as(member_id, None, &["range"]).await? {
            JoinAnswer::Joined(joined) => Ok(joined),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn sync(
        &self,
        member_id: &str,
        generation: i32,
        assignments: &[(&str, &str)],
    ) -> Result<String, GroupError> {
        self.sync_as(member_id, None, generation, assignments).await
    }

    pub(crate) async fn sync_as(
        &self,
        member_id: &str,
        group_instance_id: Option<&str>,
        generation: i32,
        assignments: &[(&str, &str)],
    ) -> Result<String, GroupError> {
        let assignments = assignments
            .iter()
            .map(|(member_id, assignment)| Assignment {
                member_id,
                assignment: assignment.as_bytes(),
            });
        let request = SyncGroup {
            generation,
            member_id,
            group_instance_id,
            protocol_type: Some("consumer"),
            protocol: Some("range"),
            assignments: assignments.collect(),
        };
        let synced = self.groups.sync_group(self.call(), &request).await?;
        Ok(String::from_utf8(synced.assignment.to_vec()).unwrap())
    }

    pub(crate) async fn heartbeat(
        &self,
        member_id: &str,
        generation: i32,
    ) -> Result<(), GroupError> {
        let request = Heartbeat {
            generation,
            member_id,
            group_instance_id: None,
        };
        self.groups.heartbeat(self.call(), &request).await
    }

    pub(crate) async fn leave(&self, member_id: &str) -> Result<(), GroupError> {
        let member = LeavingMember {
            member_id,
            group_instance_id: None,
            reason: None,
        };
        let request = LeaveGroup {
            members: vec![member],
        };
        self.groups.leave_group(self.call(), &request).await?[0]
    }

    /// Commits this offset of one partition, with metadata.
    pub(crate) async fn commit(
        &self,
        member_id: &str,
        generation: i32,
        offset: i64,
        metadata: &str,
    ) -> Result<Vec<GroupError>, GroupError> {
        let partition = CommitPartition {
            partition: 0,
            offset,
            leader_epoch: -1,
            metadata: Some(metadata),
        };
        let request = OffsetCommit {
            generation,
            member_id,
            group_instance_id: None,
            retention: None,
            topics: vec![CommitTopic {
                name: "topic",
                partitions: vec![partition],
            }],
        };
        let refused = self.groups.commit_offsets(self.call(), &request).await?;
        Ok(refused.into_iter().map(|not| not.error).collect())
    }

    pub(crate) async fn committed(&self) -> Result<Vec<i64>, GroupError> {
        let request = OffsetFetch {
            member_id: None,
            member_epoch: -1,
            topics: None,
            require_stable: false,
        };
        let fetched = self.groups.fetch_offsets(self.call(), &request).await?;
        Ok(fetched.into_iter().map(|it| it.offset).collect())
    }
}

fn lease(revision: u64) -> Arc<FixedLease> {
    FixedLease::new(GroupName::new("group").unwrap(), revision)
}
