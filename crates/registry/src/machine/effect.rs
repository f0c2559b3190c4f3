use std::fmt;
use std::hash::{Hash, Hasher};

use groupkeeper_assignment_store::{Expected, LeaderRecord};
use groupkeeper_types::{GroupName, RpcAddr, Stamp};

use super::Batch;
use crate::peer::{Ack, Decision, Found, Heartbeat, Leave, PeerError, Resigned};

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Ask the store, and bring the answer back under this number.
    Store {
        /// The number of the operation.
        op: OpId,
        /// What to ask.
        work: StoreWork,
    },
    /// List all assignments, and bring them in parts under this number, in order, the end last.
    List {
        /// The number of the operation.
        op: OpId,
        /// One page every few seconds, for as long as this gateway leads and lists nothing else so:
        /// nobody waits for it, and the end may never come.
        slowly: bool,
    },
    /// Send a heartbeat, and bring the answer back under this number.
    Heartbeat {
        /// The number of the operation.
        op: OpId,
        /// Where to.
        to: RpcAddr,
        /// What to say.
        heartbeat: Heartbeat,
    },
    /// Ask the leader to be let go, and bring the answer back under this number.
    Leave {
        /// The number of the operation.
        op: OpId,
        /// Where to.
        to: RpcAddr,
        /// What to say.
        leave: Leave,
    },
    /// Tell a gateway that this leader has resigned; no answer is wanted.
    TellResigned {
        /// Where to.
        to: RpcAddr,
        /// What to say.
        resigned: Resigned,
    },
    /// Answer a call.
    Reply {
        /// Which.
        call: CallId,
        /// The answer.
        reply: Reply,
    },
    /// Look-ups may be answered with this decision.
    Learn(Decision),
    /// Look-ups may be answered with these decisions, each about another group.
    LearnAll(Vec<Decision>),
    /// Look-ups may no longer be answered with what was learned of this group.
    Forget(GroupName),
    /// Look-ups may no longer be answered with anything that was learned.
    ForgetAll,
    /// This gateway may act as this group's coordinator while [`Head::lease_until`] has not come.
    ///
    /// [`Head::lease_until`]: super::Head::lease_until
    Hold {
        /// The group.
        group: GroupName,
        /// The decision that gave it.
        stamp: Stamp,
    },
    /// The same for many groups, each with the decision that gave it.
    HoldAll(Vec<(GroupName, Stamp)>),
    /// It may no longer.
    Release(GroupName),
    /// It may no longer, for any group.
    ReleaseAll,
    /// Campaign for the lock from now on, and at once: it may be free.
    Campaign,
    /// Give the lock up, and stay out of the campaign until [`Campaign`](Self::Campaign).
    YieldLock,
    /// Give the lock up and stay out of the campaign.
    QuitLock,
    /// Tell people.
    Report(Report),
}

/// A question for the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StoreWork {
    /// Read the leader record.
    ReadRecord,
    /// Begin an epoch.
    Begin {
        /// What must stand.
        expected: Expected,
        /// What is to stand.
        next: LeaderRecord,
    },
    /// Read the stored set of gateways.
    Gateways,
    /// Read one group's assignment.
    Load(GroupName),
    /// Make a commit.
    Commit(Batch),
    /// Confirm that this record stands.
    Verify(LeaderRecord),
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reply {
    /// To a heartbeat.
    Ack(Result<Ack, PeerError>),
    /// To a question about a group.
    Found(Result<Found, PeerError>),
    /// To a wish to leave or to stop.
    Done(Result<(), PeerError>),
}

/// The number of an operation: never used twice by one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpId(pub(super) u64);

/// What a machine does depends on which operations are the same, never on a number. So the number is
/// the only `u128` that a machine hashes: a model checker's hasher can number operations anew.
impl Hash for OpId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from(self.0));
    }
}

/// The number of a call, given by whoever runs the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// Something people should know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Report {
    /// In the ordinary course of things.
    Info(String),
    /// Something that should not have happened.
    Alarm(String),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Info(text) | Self::Alarm(text) => f.write_str(text),
        }
    }
}
