use groupkeeper_election as election;
use groupkeeper_registry::machine::Answer;
use groupkeeper_registry::peer::{Ack, Found, Heartbeat, Leave, PeerError, Resigned};
use groupkeeper_types::{GatewayAddr, GroupName};

use crate::clock::Time;
use crate::faults::Undo;
use crate::services::{SideId, Write};

/// A process: numbered in the order of their starts, never reused.
pub(crate) type Pid = usize;

/// Whoever asked, and under which number it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiter {
    pub(crate) pid: Pid,
    pub(crate) token: u64,
}

/// Something that happens at a moment of true time.
#[derive(Debug)]
pub(crate) enum Event {
    /// A process is given time, if its machine asked for it by now.
    MachineTimer(Pid),
    /// The same for its campaign.
    CampaignTimer(Pid),
    /// A process's driver looks at what its election says.
    HearOfLock(Pid),
    /// A message arrives at a gateway's address.
    Request {
        from: usize,
        to: usize,
        waiter: Option<Waiter>,
        body: Request,
    },
    /// An answer arrives.
    Response { waiter: Waiter, body: Response },
    /// Nobody answered in time.
    Timeout(Waiter),
    /// A write arrives at the store.
    StoreWrite(Box<StoreWrite>),
    /// A side of the store goes on with the write whose turn it is.
    StoreStep(SideId),
    /// A read is done at the store.
    StoreRead { waiter: Waiter, read: Read },
    /// The lock service is asked.
    LockCall { pid: Pid, ask: Box<election::Ask> },
    /// The lock service's answer arrives.
    LockAnswer {
        pid: Pid,
        ask: Box<election::Ask>,
        answer: Box<election::Answer>,
    },
    /// A process's machine may cache an answer.
    Learned { pid: Pid, found: Box<Found> },
    /// A look-up tries again, unless it has by now.
    Retry { pid: Pid, query: u64, attempt: u32 },
    /// A look-up has taken too long.
    GiveUp { pid: Pid, query: u64 },
    /// Calls that nobody waits for are cleared away.
    Sweep { pid: Pid, call: u64 },
    /// Giving the lock back has taken long enough.
    Farewell { pid: Pid },
    /// Others have been told; whoever waited for the stop is answered.
    Left { pid: Pid, calls: Vec<u64> },
    /// An operator stops waiting for a graceful stop.
    StopNow { pid: Pid, last: bool },
    /// A client asks somebody about a group.
    Client,
    /// A client asks this process about this group.
    Ask { pid: Pid, group: usize },
    /// The next fault.
    Fault,
    /// A fault is over.
    Undo(Undo),
    /// No lease can be running any more that rests on a side of the store that was lost.
    DoubtOver,
    /// All faults are over.
    Heal,
    /// Everything must be well again.
    MustBeWell,
    /// The end.
    End,
}

/// What gateways say to each other.
#[derive(Debug, Clone)]
pub(crate) enum Request {
    Heartbeat(Box<Heartbeat>),
    Leave(Leave),
    Assign(GroupName),
    Reassign(GroupName, Option<GatewayAddr>),
    /// The side on which whoever resigns has decided, and its last words.
    Resigned(SideId, Resigned),
}

/// What comes back: from gateways and from the store.
#[derive(Debug)]
pub(crate) enum Response {
    /// The side on which whoever says it decides.
    Ack(SideId, Result<Box<Ack>, PeerError>),
    Found(Result<Box<Found>, PeerError>),
    Done(Result<(), PeerError>),
    Store(Answer),
    /// A part of a listing; more follows unless it is an end.
    Part(Answer),
}

/// A write under way.
#[derive(Debug)]
pub(crate) struct StoreWrite {
    pub(crate) write: Write,
    pub(crate) stops_after: Option<usize>,
    pub(crate) ticket: Ticket,
}

/// Who wrote, and how the answer gets back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    pub(crate) pid: Pid,
    pub(crate) waiter: Waiter,
    /// `None` when the answer is lost.
    pub(crate) back: Option<Time>,
    /// Where it is sent to.
    pub(crate) side: SideId,
    /// When whoever waits for it waits no longer.
    pub(crate) given_up_at: Time,
}

/// What is read.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    Record,
    Gateways,
    Load(usize),
    /// The groups from this number on.
    Page(usize),
}

/// What a process waits for under a token.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pending {
    Heartbeat {
        op: groupkeeper_registry::machine::OpId,
        sent: Time,
    },
    Leave(groupkeeper_registry::machine::OpId),
    Store(groupkeeper_registry::machine::OpId, StoreKind),
    List(groupkeeper_registry::machine::OpId),
    Assign {
        query: u64,
    },
    QueryRecord {
        query: u64,
    },
    QueryLoad {
        query: u64,
    },
    QueryVerify {
        query: u64,
    },
    Reassign,
}

/// Which kind of answer the store owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreKind {
    Record,
    Written,
    Gateways,
    Loaded,
}
