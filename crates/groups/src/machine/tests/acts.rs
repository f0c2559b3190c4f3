//! What members do, as most tests want it.

use std::time::Duration;

use groupkeeper_types::Nonce;

use super::play::Play;
use crate::calls::{
    Assignment, CommitPartition, CommitTopic, GroupError, Heartbeat, JoinAnswer, JoinGroup, Joined,
    LeaveGroup, LeavingMember, OffsetCommit, OffsetFetch, Protocol, SyncGroup,
};
use crate::machine::{Answer, CallId, Client, Request};

pub(super) const SESSION: Duration = Duration::from_secs(10);
pub(super) const REBALANCE: Duration = Duration::from_secs(60);
/// Longer than the first members of a group are waited for.
pub(super) const INITIAL: Duration = Duration::from_secs(3);

/// A JoinGroup, as most tests want it.
#[derive(Clone, Copy)]
pub(super) struct Joining<'a> {
    pub(super) member: &'a str,
    pub(super) instance: Option<&'a str>,
    pub(super) protocols: &'a [&'a str],
    pub(super) version: i16,
    pub(super) session: Duration,
}

pub(super) const JOINING: Joining<'_> = Joining {
    member: "",
    instance: None,
    protocols: &["range"],
    version: 9,
    session: SESSION,
};

impl Play {
    pub(super) fn join(&mut self, it: Joining<'_>) -> CallId {
        let protocols = it.protocols.iter().map(|name| Protocol {
            name,
            metadata: name.as_bytes(),
        });
        let request = JoinGroup {
            session_timeout: it.session,
            rebalance_timeout: REBALANCE,
            member_id: it.member,
            group_instance_id: it.instance,
            protocol_type: "consumer",
            protocols: protocols.collect(),
            reason: None,
            takes_member_id: it.version >= 4,
            takes_skip_assignment: it.version >= 9,
        };
        let client = Client {
            id: "client",
            host: "/127.0.0.1",
        };
        let fresh = Nonce::new(self.calls + 1);
        self.call(Request::Join(client, &request, fresh))
    }

    /// The answer to a JoinGroup; `None` while it waits.
    pub(super) fn joined(&mut self, call: CallId) -> Option<Result<Joined, GroupError>> {
        match self.answer(call)? {
            Answer::Join(Ok(JoinAnswer::Joined(joined))) => Some(Ok(joined)),
            Answer::Join(Err(error)) => Some(Err(error)),
            other => panic!("{other:?}"),
        }
    }

    /// A new member's name.
    pub(super) fn name(&mut self) -> String {
        let call = self.join(JOINING);
        match self.answer(call) {
            Some(Answer::Join(Ok(JoinAnswer::MemberIdRequired(name)))) => name,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn sync(&mut self, member: &str, generation: i32, given: &[(&str, &str)]) -> CallId {
        self.sync_as(member, None, generation, given)
    }

    pub(super) fn sync_as(
        &mut self,
        member_id: &str,
        group_instance_id: Option<&str>,
        generation: i32,
        given: &[(&str, &str)],
    ) -> CallId {
        let assignments = given.iter().map(|(member_id, assignment)| Assignment {
            member_id,
            assignment: assignment.as_bytes(),
        });
        self.call(Request::Sync(&SyncGroup {
            generation,
            member_id,
            group_instance_id,
            protocol_type: Some("consumer"),
            protocol: Some("range"),
            assignments: assignments.collect(),
        }))
    }

    /// The answer to a SyncGroup; `None` while it waits.
    pub(super) fn synced(&mut self, call: CallId) -> Option<Result<String, GroupError>> {
        match self.answer(call)? {
            Answer::Sync(Ok(synced)) => {
                Some(Ok(String::from_utf8(synced.assignment.to_vec()).unwrap()))
            }
            Answer::Sync(Err(error)) => Some(Err(error)),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn beat(&mut self, member_id: &str, generation: i32) -> Result<(), GroupError> {
        let request = Heartbeat {
            generation,
            member_id,
            group_instance_id: None,
        };
        match self.ask(Request::Heartbeat(&request)) {
            Answer::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn leave(
        &mut self,
        member_id: &str,
        instance: Option<&str>,
    ) -> Result<(), GroupError> {
        let call = self.leave_as(member_id, instance);
        match self.answer(call) {
            Some(Answer::Left(answers)) => answers[0],
            other => panic!("{other:?}"),
        }
    }

    /// It leaves, and does not wait for the answer.
    pub(super) fn leave_call(&mut self, member_id: &str) {
        self.leave_as(member_id, None);
    }

    fn leave_as(&mut self, member_id: &str, instance: Option<&str>) -> CallId {
        let member = LeavingMember {
            member_id,
            group_instance_id: instance,
            reason: None,
        };
        let members = vec![member];
        self.call(Request::Leave(&LeaveGroup { members }))
    }

    pub(super) fn commit(&mut self, member_id: &str, generation: i32, offset: i64) -> CallId {
        let partition = CommitPartition {
            partition: 0,
            offset,
            leader_epoch: 3,
            metadata: Some("kept"),
        };
        self.call(Request::Commit(&OffsetCommit {
            generation,
            member_id,
            group_instance_id: None,
            retention: None,
            topics: vec![CommitTopic {
                name: "topic",
                partitions: vec![partition],
            }],
        }))
    }

    pub(super) fn fetch(&mut self) -> CallId {
        self.call(Request::Fetch(&OffsetFetch {
            member_id: None,
            member_epoch: -1,
            topics: None,
            require_stable: false,
        }))
    }

    /// Two members that work: the leader, the other one, and the generation.
    pub(super) fn two(&mut self) -> (String, String, i32) {
        let (a, b) = (self.name(), self.name());
        let first = self.join(Joining {
            member: &a,
            ..JOINING
        });
        let second = self.join(Joining {
            member: &b,
            ..JOINING
        });
        self.pass(INITIAL * 3);
        let first = self.joined(first).unwrap().unwrap();
        let second = self.joined(second).unwrap().unwrap();
        assert_eq!((first.generation, second.generation), (1, 1));
        let leader = first.leader;
        let other = if leader == a { b } else { a };
        let waiting = self.sync(&other, 1, &[]);
        assert_eq!(self.synced(waiting), None, "the leader has not assigned");
        let given = [(leader.as_str(), "one"), (other.as_str(), "two")];
        let mine = self.sync(&leader, 1, &given);
        assert_eq!(self.synced(mine), Some(Ok("one".to_owned())));
        assert_eq!(self.synced(waiting), Some(Ok("two".to_owned())));
        (leader, other, 1)
    }
}
