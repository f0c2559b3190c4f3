//! What a gateway decides, as a leader, a follower and a candidate: one state machine, without I/O,
//! clock or randomness of its own.
//!
//! Inputs go in with the moment they arrive, effects come out, and between two inputs nothing
//! happens. Whoever runs it, the driver, a simulation or a model checker, does what the effects say
//! and brings the answers back as inputs; it also sends [`Input::Tick`] at [`Machine::deadline`].
//! Effects may be carried out in any order relative to each other, except that `Learn`, `Forget`,
//! `ForgetAll`, `Hold`, `Release` and `ReleaseAll` are done in the order given, before the
//! effects that follow them, and before [`Machine::head`] is published.

mod batch;
mod candidacy;
mod core;
mod effect;
mod follower;
mod groups;
mod head;
mod holdings;
mod input;
mod leader;
mod pace;
mod solitude;
mod take_over;
#[cfg(test)]
mod testing;

pub use batch::{Batch, BatchChange};
pub use effect::{CallId, Effect, OpId, Reply, Report, StoreWork};
pub use head::Head;
pub use input::{Answer, Input, LockNews};

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_types::{GroupName, Moment, Stamp};

use self::core::{Core, Ctx};
use self::follower::Follower;
use self::leader::Leader;
use self::take_over::TakeOver;
use crate::config::Config;

/// One gateway's part in its fleet. See the [module](self).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Machine {
    core: Core,
    role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
enum Role {
    Follower(Follower),
    TakingOver(TakeOver),
    Leader(Box<Leader>),
}

/// What a role wants to become after a step.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart where it is returned"
)]
enum Turn {
    Stay,
    Follow(Follower),
    TakeOver(TakeOver),
    Lead(Box<Leader>),
}

impl Machine {
    /// A gateway that has heard of nobody.
    pub fn new(me: GatewayRecord, config: Config) -> Self {
        Self {
            core: Core::new(me, config),
            role: Role::Follower(Follower::default()),
        }
    }

    /// Takes one input and appends what is to be done.
    pub fn step(&mut self, now: Moment, input: Input, effects: &mut Vec<Effect>) {
        let ctx = &mut Ctx {
            now,
            core: &mut self.core,
            out: effects,
        };
        let input = match input {
            Input::Lock(news) => {
                ctx.core.candidacy.hear_of_lock(news);
                Input::Tick
            }
            Input::Stop { call, drain } => ctx.core.presence.asked_to_stop(call, drain, ctx.out),
            input => input,
        };
        let mut turn = match &mut self.role {
            Role::Follower(follower) => follower.step(ctx, input),
            Role::TakingOver(take_over) => take_over.step(ctx, input),
            Role::Leader(leader) => leader.step(ctx, input),
        };
        // A role that has just begun acts at once instead of waiting for the next input.
        loop {
            self.role = match turn {
                Turn::Stay => return,
                Turn::Follow(follower) => Role::Follower(follower),
                Turn::TakeOver(take_over) => Role::TakingOver(take_over),
                Turn::Lead(leader) => Role::Leader(leader),
            };
            turn = match &mut self.role {
                Role::Follower(follower) => follower.step(ctx, Input::Tick),
                Role::TakingOver(take_over) => take_over.step(ctx, Input::Tick),
                Role::Leader(leader) => leader.step(ctx, Input::Tick),
            };
        }
    }

    /// The decision by which this gateway may act as a group's coordinator at this moment; `None`
    /// when it may not.
    pub fn owns(&self, group: &GroupName, now: Moment) -> Option<Stamp> {
        self.core.known.holdings.owns(group, now)
    }

    /// Every group that this gateway may act for at this moment, with the decision that gave it.
    pub fn owned(&self, now: Moment) -> impl Iterator<Item = (&GroupName, Stamp)> {
        self.core.known.holdings.owned(now)
    }

    /// When [`Input::Tick`] is due, if nothing else happens first.
    pub fn deadline(&self) -> Moment {
        match &self.role {
            Role::Follower(follower) => follower.deadline(&self.core),
            Role::TakingOver(take_over) => take_over.deadline(&self.core),
            Role::Leader(leader) => leader.deadline(&self.core),
        }
    }

    /// What the outside may know of it.
    pub fn head(&self) -> Head {
        match &self.role {
            Role::Follower(follower) => follower.head(&self.core),
            Role::TakingOver(take_over) => take_over.head(&self.core),
            Role::Leader(leader) => leader.head(&self.core),
        }
    }
}
