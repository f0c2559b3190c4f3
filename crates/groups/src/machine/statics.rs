//! Static members: a process that comes back under its lasting name takes the place of the one before.

use super::core::Phase;
use super::member::profile;
use super::{Answer, CallId, Client, Machine, Now};
use crate::calls::{GroupError, JoinAnswer, JoinGroup};

impl Machine {
    /// The new process gets a name of its own, so that the one before is told from it and fenced.
    pub(super) fn replace(
        &mut self,
        now: Now,
        call: CallId,
        before: &str,
        name: &str,
        client: Client<'_>,
        it: &JoinGroup<'_>,
    ) {
        let leader_before = self.chosen.leader.clone();
        let Some(mut member) = self.members.remove(before) else {
            return;
        };
        if let Some(call) = member.joining.take() {
            self.answer(call, Answer::Join(Err(GroupError::FencedInstanceId)));
        }
        if let Some(call) = member.syncing.take() {
            self.answer(call, Answer::Sync(Err(GroupError::FencedInstanceId)));
        }
        if self.chosen.leader == before {
            name.clone_into(&mut self.chosen.leader);
        }
        member.profile = profile(client, it);
        member.heard(now.moment);
        member.is_new = false;
        self.members.insert(name.to_owned(), member);
        self.touch(now);
        let same_protocol = self.members.voted().as_deref() == Some(self.chosen.protocol.as_str());
        match self.phase {
            // Nothing changes for the others, so they hear nothing of it.
            Phase::Stable { .. } if same_protocol => {
                let mut joined = self.place_of(name);
                if it.takes_skip_assignment {
                    joined.skip_assignment = self.chosen.leader == name;
                } else {
                    // Its client would assign anew if it heard that it leads, and nobody would sync.
                    joined.leader = leader_before;
                    joined.members.clear();
                }
                let answer = Answer::Join(Ok(JoinAnswer::Joined(joined)));
                self.answer_when_durable(call, answer, Some(name));
            }
            // While the leader assigns, it assigns to the name before, which nobody has any more.
            Phase::Stable { .. } | Phase::Completing { .. } | Phase::Empty => {
                self.wait_for_others(name, call);
                self.begin_rebalance(now);
                self.complete_if_all_joined(now);
            }
            Phase::Preparing { .. } => {
                self.wait_for_others(name, call);
                self.complete_if_all_joined(now);
            }
        }
    }

    fn wait_for_others(&mut self, member_id: &str, call: CallId) {
        if let Some(member) = self.members.get_mut(member_id) {
            member.joining = Some(call);
        }
    }
}
