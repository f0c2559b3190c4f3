use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use groupkeeper_types::GroupName;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::MemoryOffsets;
use super::group::{Group, Phase};
use crate::{
    Call, Described, Fetched, GroupCoordinator, GroupError, Heartbeat, JoinAnswer, JoinGroup,
    LeaveGroup, NotCommitted, OffsetCommit, OffsetFetch, SyncGroup, Synced,
};

/// One gateway's groups in memory: members, generations and offsets as real clients need them, and
/// nothing that outlives the process. To try a fleet with, and to see how a coordinator uses its
/// lease: what was learned under an older token is forgotten, and offsets are written under the token.
///
/// No task of its own: a member that is silent is found out by the next call for its group.
#[derive(Debug, Default)]
pub struct MemoryGroups {
    groups: Mutex<BTreeMap<GroupName, Arc<Shared>>>,
    offsets: Arc<MemoryOffsets>,
}

#[derive(Debug)]
struct Shared {
    group: Mutex<Group>,
    changed: Notify,
}

impl MemoryGroups {
    /// Groups with members at a time.
    const MAX_GROUPS: usize = 10_000;

    /// Without members, on these offsets.
    pub fn new(offsets: Arc<MemoryOffsets>) -> Self {
        Self {
            groups: Mutex::default(),
            offsets,
        }
    }

    /// The group as of this call's token. An older call, whose lease is over, finds that out here.
    fn group(&self, call: &Call<'_>) -> Result<Arc<Shared>, GroupError> {
        let token = call.lease.token();
        let mut groups = lock(&self.groups);
        if groups.len() >= Self::MAX_GROUPS && !groups.contains_key(call.group()) {
            groups.retain(|_, shared| lock(&shared.group).phase != Phase::Empty);
            if groups.len() >= Self::MAX_GROUPS {
                return Err(GroupError::CoordinatorNotAvailable);
            }
        }
        let shared = groups.entry(call.group().clone()).or_insert_with(|| {
            Arc::new(Shared {
                group: Mutex::new(Group::new(token)),
                changed: Notify::new(),
            })
        });
        shared.check(call)?;
        Ok(Arc::clone(shared))
    }

    fn act<T>(
        &self,
        call: &Call<'_>,
        act: impl FnOnce(&mut Group, Instant) -> Result<T, GroupError>,
    ) -> Result<T, GroupError> {
        self.group(call)?.act(call, act)
    }
}

impl Shared {
    /// Brings the group to this call's token: another gateway may have served it since.
    fn check(&self, call: &Call<'_>) -> Result<(), GroupError> {
        let token = call.lease.token();
        let mut group = lock(&self.group);
        if token < group.token {
            return Err(GroupError::NotCoordinator);
        }
        if token > group.token {
            *group = Group::new(token);
            self.changed.notify_waiters();
        }
        Ok(())
    }

    /// Acts on the group, and wakes whoever waits for what came of it.
    fn act<T>(
        &self,
        call: &Call<'_>,
        act: impl FnOnce(&mut Group, Instant) -> Result<T, GroupError>,
    ) -> Result<T, GroupError> {
        let mut group = lock(&self.group);
        if group.token != call.lease.token() {
            return Err(GroupError::NotCoordinator);
        }
        let before = (group.phase, group.generation);
        let outcome = act(&mut group, Instant::now());
        if before != (group.phase, group.generation) {
            self.changed.notify_waiters();
        }
        outcome
    }

    /// Tries until there is an outcome, whenever the group has changed or its time has come.
    async fn wait<T>(
        &self,
        call: &Call<'_>,
        mut attempt: impl FnMut(&mut Group, Instant) -> Result<Option<T>, GroupError>,
    ) -> Result<T, GroupError> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Before looking, so that no change is missed in between.
            changed.as_mut().enable();
            let (outcome, next) = self.act(call, |group, now| {
                let outcome = attempt(group, now)?;
                Ok((outcome, group.next_change()))
            })?;
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
            match next {
                Some(at) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(at) => {}
                },
                None => changed.await,
            }
        }
    }
}

#[async_trait]
impl GroupCoordinator for MemoryGroups {
    async fn join_group<'a>(
        &self,
        call: Call<'a>,
        it: &'a JoinGroup<'a>,
    ) -> Result<JoinAnswer, GroupError> {
        let shared = self.group(&call)?;
        let (member_id, answer) = shared.act(&call, |group, now| group.join(&call, it, now))?;
        if let Some(answer) = answer {
            return Ok(answer);
        }
        let joined = shared.wait(&call, |group, now| {
            group.expire(now);
            let member = group.members.get(&member_id);
            let member = member.ok_or(GroupError::UnknownMemberId)?;
            match group.phase {
                Phase::Joining { .. } if member.joined => Ok(None),
                Phase::Joining { .. } => Err(GroupError::RebalanceInProgress),
                _ => Ok(group.joined(&member_id)),
            }
        });
        joined.await.map(JoinAnswer::Joined)
    }

    async fn sync_group<'a>(
        &self,
        call: Call<'a>,
        it: &'a SyncGroup<'a>,
    ) -> Result<Synced, GroupError> {
        let shared = self.group(&call)?;
        let synced = shared.wait(&call, |group, now| {
            let assignment = group.sync(it, now)?;
            Ok(assignment.map(|assignment| Synced {
                protocol_type: group.protocol_type.clone(),
                protocol: group.protocol.clone(),
                assignment,
            }))
        });
        synced.await
    }

    async fn heartbeat<'a>(&self, call: Call<'a>, it: &'a Heartbeat<'a>) -> Result<(), GroupError> {
        self.act(&call, |group, now| group.heartbeat(it, now))
    }

    async fn leave_group<'a>(
        &self,
        call: Call<'a>,
        it: &'a LeaveGroup<'a>,
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        self.act(&call, |group, now| {
            let left = it.members.iter().map(|member| group.leave(member, now));
            Ok(left.collect())
        })
    }

    async fn commit_offsets<'a>(
        &self,
        call: Call<'a>,
        it: &'a OffsetCommit<'a>,
    ) -> Result<Vec<NotCommitted>, GroupError> {
        self.act(&call, |group, now| {
            group.check_commit(it.member_id, it.group_instance_id, it.generation, now)
        })?;
        self.offsets.commit(call.group(), call.lease.token(), it)
    }

    async fn fetch_offsets<'a>(
        &self,
        call: Call<'a>,
        _: &'a OffsetFetch<'a>,
    ) -> Result<Vec<Fetched>, GroupError> {
        // The listener picks what was asked for.
        self.offsets.fetch(call.group(), call.lease.token())
    }

    async fn describe_group<'a>(&self, call: Call<'a>) -> Result<Described, GroupError> {
        let described = self.act(&call, |group, now| {
            group.expire(now);
            Ok(group.described())
        })?;
        let offsets = self.offsets.fetch(call.group(), call.lease.token())?;
        let nothing = described.members.is_empty() && offsets.is_empty();
        Ok(if nothing {
            Described::dead()
        } else {
            described
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
