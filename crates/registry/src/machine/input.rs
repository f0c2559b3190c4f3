use groupkeeper_assignment_store::{
    Assignment, LeaderRecord, Listed, ReadError, StoredGateways, WriteError,
};
use groupkeeper_election::LockOwner;
use groupkeeper_types::{GatewayAddr, GroupName, Moment};

use super::{CallId, OpId};
use crate::peer::{Ack, Found, Heartbeat, Leave, PeerError, Resigned};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Time has passed.
    Tick,
    /// The election says something.
    Lock(LockNews),
    /// An operation that an effect asked for has ended, or brings a part of its answer. An answer
    /// may be lost, which is what an error of kind "unavailable" says; it is never doubled.
    Answer {
        /// Which operation.
        op: OpId,
        /// Its answer.
        answer: Answer,
    },
    /// A gateway's sign of life.
    Heartbeat {
        /// Who waits for the answer.
        call: CallId,
        /// What it says.
        heartbeat: Heartbeat,
    },
    /// A gateway wants to go.
    Leave {
        /// Who waits for the answer.
        call: CallId,
        /// What it says.
        leave: Leave,
    },
    /// Somebody wants a gateway's groups moved away while it lives on.
    Drain {
        /// Who waits for the answer.
        call: CallId,
        /// The gateway.
        gateway: GatewayAddr,
    },
    /// Somebody wants to know a group's coordinator, or to have one assigned.
    Assign {
        /// Who waits for the answer.
        call: CallId,
        /// The group.
        group: GroupName,
    },
    /// Somebody wants a group to have another coordinator.
    Reassign {
        /// Who waits for the answer.
        call: CallId,
        /// The group.
        group: GroupName,
        /// The gateway wanted, or whichever placement picks.
        to: Option<GatewayAddr>,
    },
    /// Nobody waits for this answer any longer.
    Abandon {
        /// The call.
        call: CallId,
        /// The group it asked about.
        group: GroupName,
    },
    /// A leader has told this gateway who coordinates a group.
    Learned(Found),
    /// A leader has resigned.
    Resigned(Resigned),
    /// This gateway is to stop.
    Stop {
        /// Who waits for it.
        call: CallId,
        /// Whether its groups are moved first. Not when the whole fleet stops: then each would
        /// hand its groups to the next, and the last would have them all.
        drain: bool,
    },
}

/// What the election says of the leader's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockNews {
    /// This gateway holds it until then, by its own clock.
    Mine {
        /// When to stop believing so.
        until: Moment,
    },
    /// Somebody else holds it.
    HeldBy(LockOwner),
    /// Nobody is known to hold it.
    Free,
}

/// The answer to an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To `ReadRecord`.
    Record(Result<Option<LeaderRecord>, ReadError>),
    /// To `Begin`, `Commit` and `Verify`.
    Written(Result<(), WriteError>),
    /// To `Gateways`.
    Gateways(Result<StoredGateways, ReadError>),
    /// To `List`: some entries, with more, or the end, to come.
    Listed(Vec<Listed>),
    /// To `List`: the end.
    ListEnded(Result<(), ReadError>),
    /// To `Load`.
    Loaded(Result<Option<Assignment>, ReadError>),
    /// To `Heartbeat`.
    Acked(Result<Ack, PeerError>),
    /// To `Leave`.
    Left(Result<(), PeerError>),
}
