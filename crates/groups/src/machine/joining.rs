//! JoinGroup.

use std::time::Duration;

use groupkeeper_types::Nonce;

use super::core::{Phase, Wait};
use super::member::profile;
use super::{Answer, CallId, Client, Machine, Member, Now};
use crate::calls::{GroupError, JoinAnswer, JoinGroup, Joined};

/// How long a name without a nonce may be: a client may call itself anything.
const NAME_CHARS: usize = 200;

impl Machine {
    pub(super) fn join(
        &mut self,
        now: Now,
        call: CallId,
        client: Client<'_>,
        it: &JoinGroup<'_>,
        fresh: Nonce,
    ) {
        if let Err(error) = self.try_join(now, call, client, it, fresh) {
            self.answer(call, Answer::Join(Err(error)));
        }
    }

    fn try_join(
        &mut self,
        now: Now,
        call: CallId,
        client: Client<'_>,
        it: &JoinGroup<'_>,
        fresh: Nonce,
    ) -> Result<(), GroupError> {
        self.check_join(it)?;
        if it.member_id.is_empty() {
            return self.join_as_new(now, call, client, it, fresh);
        }
        if self.members.is_promised(it.member_id) {
            if it.group_instance_id.is_some() {
                return Err(GroupError::UnknownMemberId);
            }
            self.add(now, call, it.member_id.to_owned(), client, it);
            return Ok(());
        }
        self.members.check(it.member_id, it.group_instance_id)?;
        self.join_again(now, call, client, it);
        Ok(())
    }

    fn check_join(&self, it: &JoinGroup<'_>) -> Result<(), GroupError> {
        if !self.config.patience.session.contains(&it.session_timeout) {
            return Err(GroupError::InvalidSessionTimeout);
        }
        let sizes = it
            .protocols
            .iter()
            .map(|it| it.name.len() + it.metadata.len());
        let instance = it.group_instance_id.map_or(0, str::len);
        if sizes.sum::<usize>() + instance > self.config.bounds.member_bytes {
            return Err(GroupError::InvalidRequest);
        }
        if !self.has_room_for(it.member_id) {
            return Err(GroupError::GroupMaxSizeReached);
        }
        if !self.supports(it) {
            return Err(GroupError::InconsistentGroupProtocol);
        }
        Ok(())
    }

    fn has_room_for(&self, member_id: &str) -> bool {
        if self.members.get(member_id).is_some() || self.members.is_promised(member_id) {
            return true;
        }
        self.members.len() + self.members.promised() < self.config.bounds.members
    }

    fn join_as_new(
        &mut self,
        now: Now,
        call: CallId,
        client: Client<'_>,
        it: &JoinGroup<'_>,
        fresh: Nonce,
    ) -> Result<(), GroupError> {
        let base = it.group_instance_id.unwrap_or(client.id);
        let base: String = base.chars().take(NAME_CHARS).collect();
        let name = format!("{base}-{fresh}");
        if let Some(instance) = it.group_instance_id {
            let before = self.members.of_instance(instance).map(str::to_owned);
            match before {
                Some(before) => self.replace(now, call, &before, &name, client, it),
                None => self.add(now, call, name, client, it),
            }
            return Ok(());
        }
        if it.takes_member_id {
            let until = now.moment + it.session_timeout;
            self.members.promise(name.clone(), until);
            self.answer(call, Answer::Join(Ok(JoinAnswer::MemberIdRequired(name))));
            return Ok(());
        }
        self.add(now, call, name, client, it);
        Ok(())
    }

    /// A member that is known joins: for a new generation, or because it missed the answer.
    fn join_again(&mut self, now: Now, call: CallId, client: Client<'_>, it: &JoinGroup<'_>) {
        let said = profile(client, it);
        let known = self.members.get(it.member_id);
        let same = known.is_some_and(|member| member.profile.protocols == said.protocols);
        let leads = self.chosen.leader == it.member_id;
        let as_it_is = match self.phase {
            Phase::Completing { .. } => same,
            // A leader that joins again wants to assign anew; a follower has only lost its place, and is
            // given it back.
            Phase::Stable { .. } => same && !leads,
            Phase::Empty | Phase::Preparing { .. } => false,
        };
        if as_it_is {
            if let Some(member) = self.members.get_mut(it.member_id) {
                member.heard(now.moment);
            }
            let joined = self.place_of(it.member_id);
            let answer = Answer::Join(Ok(JoinAnswer::Joined(joined)));
            self.answer_when_durable(call, answer, Some(it.member_id));
            return;
        }
        self.update(now, call, it.member_id, said);
        self.begin_rebalance(now);
        self.complete_if_all_joined(now);
    }

    /// What the member says now is what counts, and it has joined.
    fn update(&mut self, now: Now, call: CallId, member_id: &str, said: crate::Profile) {
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        let instance = member.profile.instance.take();
        member.profile = said;
        // Whether it is static was settled when it came.
        member.profile.instance = instance;
        member.heard(now.moment);
        let before = member.joining.replace(call);
        if let Some(before) = before {
            // The client gave that one up, or it would not ask again.
            self.answer(before, Answer::Join(Err(GroupError::RebalanceInProgress)));
        }
    }

    fn add(
        &mut self,
        now: Now,
        call: CallId,
        member_id: String,
        client: Client<'_>,
        it: &JoinGroup<'_>,
    ) {
        let expires = now.moment + self.config.patience.first_join;
        let mut member = Member::new(profile(client, it), expires);
        member.joining = Some(call);
        if self.members.is_empty() {
            self.chosen.protocol_type = it.protocol_type.to_owned();
        }
        if self.chosen.leader.is_empty() {
            self.chosen.leader.clone_from(&member_id);
        }
        if let Phase::Preparing {
            wait: Wait::Initial { more_came, .. },
            ..
        } = &mut self.phase
        {
            *more_came = true;
        }
        self.members.insert(member_id, member);
        self.begin_rebalance(now);
        self.complete_if_all_joined(now);
    }

    /// A member's place in the present generation.
    pub(super) fn place_of(&self, member_id: &str) -> Joined {
        let leads = self.chosen.leader == member_id;
        let members = self.members.iter().filter(|_| leads);
        Joined {
            generation: self.generation,
            protocol_type: self.chosen.protocol_type.clone(),
            protocol: self.chosen.protocol.clone(),
            leader: self.chosen.leader.clone(),
            skip_assignment: false,
            member_id: member_id.to_owned(),
            members: members
                .map(|(id, member)| member.listed(id, &self.chosen.protocol))
                .collect(),
        }
    }

    /// How long the first members of an empty group are waited for.
    pub(super) fn initial_wait(&self) -> (Duration, Wait) {
        let delay = self.config.patience.initial_delay;
        let left = self.members.rebalance_timeout().saturating_sub(delay);
        let more_came = false;
        (delay, Wait::Initial { left, more_came })
    }
}
