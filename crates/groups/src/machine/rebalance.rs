//! From one generation to the next.

use groupkeeper_types::Moment;

use super::core::{Phase, Wait};
use super::{Answer, CallId, Machine, Now};
use crate::calls::{GroupError, JoinAnswer};

impl Machine {
    /// All members are to join again, unless they are already.
    pub(super) fn begin_rebalance(&mut self, now: Now) {
        let (span, wait) = match self.phase {
            Phase::Preparing { .. } => return,
            Phase::Empty => self.initial_wait(),
            Phase::Completing { .. } | Phase::Stable { .. } => {
                (self.members.rebalance_timeout(), Wait::ForAll)
            }
        };
        self.refuse_syncs(now, GroupError::RebalanceInProgress);
        let until = now.moment + span;
        self.phase = Phase::Preparing { until, wait };
    }

    /// Makes the next generation when all have joined.
    pub(super) fn complete_if_all_joined(&mut self, now: Now) {
        if let Phase::Preparing {
            wait: Wait::ForAll, ..
        } = self.phase
            && self.members.all_joined()
        {
            self.complete(now);
        }
    }

    /// The time of a rebalance is over: it is put off while first members keep coming, and otherwise
    /// those who have not joined are out.
    pub(super) fn end_waiting(&mut self, now: Now, wait: Wait) {
        match wait {
            Wait::Initial {
                left,
                more_came: true,
            } if !left.is_zero() && self.generation == 0 => {
                let delay = self.config.patience.initial_delay.min(left);
                self.phase = Phase::Preparing {
                    until: now.moment + delay,
                    wait: Wait::Initial {
                        left: left.saturating_sub(delay),
                        more_came: false,
                    },
                };
            }
            Wait::Initial { .. } | Wait::ForAll => self.complete(now),
        }
    }

    fn complete(&mut self, now: Now) {
        let late = self.members.iter();
        // A static member may be restarting: its session, and not the rebalance, says that it is gone.
        let late = late.filter(|(_, member)| member.joining.is_none() && !member.is_static());
        let late: Vec<String> = late.map(|(id, _)| id.clone()).collect();
        for member_id in late {
            self.remove(&member_id);
        }
        if !self.elect() && !self.members.is_empty() {
            // Only static members are left, and none has joined: nobody could assign.
            let until = now.moment + self.members.rebalance_timeout();
            let wait = Wait::ForAll;
            self.phase = Phase::Preparing { until, wait };
            return;
        }
        self.generation = self.generation.checked_add(1).unwrap_or(1);
        if self.members.is_empty() {
            self.become_empty(now);
            return;
        }
        self.chosen.protocol = self.members.voted().unwrap_or_default();
        let until = now.moment + self.members.rebalance_timeout();
        self.phase = Phase::Completing { until };
        self.touch(now);
        let joined = self.members.iter_mut().map(|(id, member)| {
            member.heard(now.moment);
            (member.is_new, member.synced) = (false, false);
            // An assignment is of one generation.
            member.assignment.clear();
            (id.clone(), member.joining.take())
        });
        let joined: Vec<(String, Option<CallId>)> = joined.collect();
        for (member_id, call) in joined {
            let Some(call) = call else {
                continue;
            };
            let answer = Answer::Join(Ok(JoinAnswer::Joined(self.place_of(&member_id))));
            self.answer_when_durable(call, answer, Some(&member_id));
        }
    }

    /// Sees to it that a member leads that has joined. `false` where none has.
    fn elect(&mut self) -> bool {
        let leader = self.members.get(&self.chosen.leader);
        if leader.is_some_and(|member| member.joining.is_some()) {
            return true;
        }
        let mut members = self.members.iter();
        let joined = members.find(|(_, member)| member.joining.is_some());
        let Some((first, _)) = joined else {
            return false;
        };
        self.chosen.leader = first.clone();
        true
    }

    pub(super) fn become_empty(&mut self, now: Now) {
        self.phase = Phase::Empty;
        self.chosen.protocol.clear();
        self.chosen.leader.clear();
        self.touch(now);
    }

    /// A member is gone: whoever waits under its name hears so.
    pub(super) fn remove(&mut self, member_id: &str) {
        let Some(member) = self.members.remove(member_id) else {
            return;
        };
        if let Some(call) = member.joining {
            self.answer(call, Answer::Join(Err(GroupError::UnknownMemberId)));
        }
        if let Some(call) = member.syncing {
            self.answer(call, Answer::Sync(Err(GroupError::UnknownMemberId)));
        }
        if self.chosen.leader == member_id {
            let first = self.members.iter().next().map(|(id, _)| id.clone());
            self.chosen.leader = first.unwrap_or_default();
        }
    }

    /// Members are fewer: the others share what it had.
    pub(super) fn after_removal(&mut self, now: Now) {
        match self.phase {
            Phase::Empty => {}
            Phase::Preparing { .. } => self.complete_if_all_joined(now),
            Phase::Completing { .. } | Phase::Stable { .. } => {
                self.begin_rebalance(now);
                self.complete_if_all_joined(now);
            }
        }
    }

    /// Members are to ask for their assignments from now on: they could not before.
    pub(super) fn put_off_sync(&mut self, now: Moment) {
        let later = now + self.members.rebalance_timeout();
        if let Phase::Completing { until } | Phase::Stable { until } = &mut self.phase {
            *until = later;
        }
    }
}
