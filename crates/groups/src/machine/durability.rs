//! No answer goes out before what it rests on is stored.

use groupkeeper_types::Moment;

use super::{Answer, CallId, Machine};
use crate::record::GroupBody;

/// How much of what is in memory is stored, under this owner's token.
#[derive(Debug, Default)]
pub(super) struct Durability {
    /// Grows with each change that is kept.
    version: u64,
    /// What is being written.
    writing: Option<u64>,
    /// What was written last.
    written: u64,
    /// Whether this owner has written at all. Before that the record is the one of the owner before,
    /// who may still change it: what was read may be answered with only when that can't be any more.
    claimed: bool,
    held: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    version: u64,
    call: CallId,
    answer: Answer,
    /// The member that waits for it, and can't say meanwhile that it is alive.
    member: Option<String>,
}

impl Durability {
    pub(super) fn touch(&mut self) {
        self.version += 1;
    }

    pub(super) fn is_settled(&self) -> bool {
        self.version == self.written && self.held.is_empty()
    }

    /// Whether this member waits for an answer that is held.
    pub(super) fn holds_for(&self, member_id: &str) -> bool {
        let mut held = self.held.iter();
        held.any(|held| held.member.as_deref() == Some(member_id))
    }
}

impl Machine {
    /// As soon as everything is stored that was decided up to now.
    pub(super) fn answer_when_durable(
        &mut self,
        call: CallId,
        answer: Answer,
        member: Option<&str>,
    ) {
        let durability = &mut self.durability;
        if !durability.claimed && durability.version == durability.written {
            // Nothing to write: the write that takes the group over is enough.
            durability.touch();
        }
        if durability.version == durability.written {
            self.answer(call, answer);
            return;
        }
        durability.held.push(Held {
            version: durability.version,
            call,
            answer,
            member: member.map(str::to_owned),
        });
    }

    /// Whether [`to_write`](Self::to_write) has something now.
    pub fn wants_to_write(&self) -> bool {
        let durability = &self.durability;
        durability.writing.is_none() && durability.version != durability.written
    }

    /// What is to be written now; `None` while something is being written, or all is.
    pub fn to_write(&mut self) -> Option<GroupBody> {
        if !self.wants_to_write() {
            return None;
        }
        self.durability.writing = Some(self.durability.version);
        Some(self.body())
    }

    /// What [`to_write`](Self::to_write) gave last is stored. Gives the answers that waited for it.
    pub fn written(&mut self, now: Moment) -> Vec<(CallId, Answer)> {
        let durability = &mut self.durability;
        if let Some(version) = durability.writing.take() {
            durability.written = version;
            durability.claimed = true;
        }
        let written = durability.written;
        let held = std::mem::take(&mut durability.held);
        let (free, held): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|held| held.version <= written);
        durability.held = held;
        if free.iter().any(|held| held.member.is_some()) {
            self.put_off_sync(now);
        }
        let mut answers = std::mem::take(&mut self.out);
        for Held {
            call,
            answer,
            member,
            ..
        } in free
        {
            // Its session counts from the answer that it could not have earlier.
            if let Some(member) = member.and_then(|id| self.members.get_mut(&id)) {
                member.heard(now);
            }
            answers.push((call, answer));
        }
        answers
    }
}
