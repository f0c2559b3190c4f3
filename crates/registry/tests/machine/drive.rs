//! A machine, the time, and what it has asked for.

use std::time::Duration;

use groupkeeper_assignment_store::{
    Assignment, GatewayRecord, LeaderRecord, Listed, StoredGateways, WriteError,
};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{
    Answer, CallId, Effect, Input, LockNews, Machine, OpId, Reply, StoreWork,
};
use groupkeeper_registry::peer::{Ack, Changes, Decision, Heartbeat, PeerError};
use groupkeeper_registry::peer::{Revokes, Standing};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Moment, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

/// One machine. Effects stay until somebody takes them.
pub(crate) struct Driven {
    pub(crate) machine: Machine,
    pub(crate) now: Moment,
    effects: Vec<Effect>,
    calls: u64,
}

impl Driven {
    /// A gateway that has just started.
    pub(crate) fn new(me: &GatewayRecord) -> Self {
        Self::with(me, Config::default())
    }

    /// The same, configured like this.
    pub(crate) fn with(me: &GatewayRecord, config: Config) -> Self {
        let mut driven = Self {
            machine: Machine::new(me.clone(), config),
            now: Moment::from_micros(1_000_000),
            effects: Vec::new(),
            calls: 0,
        };
        driven.step(Input::Tick);
        driven
    }

    /// A gateway that leads, on top of this record and with these in the stored set; nothing is
    /// listed yet.
    pub(crate) fn leading(
        me: &GatewayRecord,
        found: &LeaderRecord,
        stored: &[GatewayRecord],
    ) -> Self {
        let mut driven = Self::new(me);
        driven.take_over(found, stored);
        driven
    }

    pub(crate) fn take_over(&mut self, found: &LeaderRecord, stored: &[GatewayRecord]) {
        self.begin(found);
        self.gateways_read(stored);
    }

    /// The stored set is read, and these are in it.
    pub(crate) fn gateways_read(&mut self, stored: &[GatewayRecord]) {
        self.gateways_found(&stored.iter().cloned().collect());
    }

    pub(crate) fn gateways_found(&mut self, stored: &StoredGateways) {
        self.answer_store(|work| match work {
            StoreWork::Gateways => Some(Answer::Gateways(Ok(stored.clone()))),
            _ => None,
        });
    }

    /// An epoch begins, on top of this record; the stored set is not read yet.
    pub(crate) fn begin(&mut self, found: &LeaderRecord) {
        // What a follower asked before is of no use any more.
        self.effects.clear();
        let until = self.now + Duration::from_secs(3_600);
        self.step(Input::Lock(LockNews::Mine { until }));
        self.answer_store(|work| match work {
            StoreWork::ReadRecord => Some(Answer::Record(Ok(Some(found.clone())))),
            _ => None,
        });
        self.answer_store(|work| match work {
            StoreWork::Begin { .. } => Some(Answer::Written(Ok(()))),
            _ => None,
        });
    }

    /// The listing ends with these.
    pub(crate) fn list(&mut self, assignments: &[Decision]) {
        let op = self.take(|effect| match effect {
            Effect::List { op, .. } => Some(*op),
            _ => None,
        });
        let op = op.expect("it lists");
        let listed = assignments.iter().cloned().map(|decision| {
            Listed::Assignment(Assignment {
                group: decision.group,
                coordinator: decision.coordinator,
                stamp: decision.stamp,
                assigned_at: WallTime::EPOCH,
            })
        });
        let listed = Answer::Listed(listed.collect());
        self.step(Input::Answer { op, answer: listed });
        let answer = Answer::ListEnded(Ok(()));
        self.step(Input::Answer { op, answer });
    }

    pub(crate) fn step(&mut self, input: Input) {
        self.machine.step(self.now, input, &mut self.effects);
    }

    /// Time passes, tick by tick.
    pub(crate) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.now = self
                .machine
                .deadline()
                .max(self.now + Duration::from_millis(1))
                .min(end);
            self.step(Input::Tick);
        }
    }

    /// The same, and whatever it commits or verifies meanwhile is done at once.
    pub(crate) fn pass_with_store(&mut self, span: Duration) {
        let end = self.now + span;
        self.write_all();
        while self.now < end {
            self.pass(Duration::from_millis(10));
            self.write_all();
        }
    }

    /// Takes the first effect that is wanted.
    pub(crate) fn take<T>(&mut self, wanted: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        let place = self.effects.iter().position(|e| wanted(e).is_some())?;
        wanted(&self.effects.remove(place))
    }

    pub(crate) fn has(&self, effect: &Effect) -> bool {
        self.effects.contains(effect)
    }

    pub(crate) fn has_store(&self, wanted: impl Fn(&StoreWork) -> bool) -> bool {
        let asks = |effect: &Effect| matches!(effect, Effect::Store { work, .. } if wanted(work));
        self.effects.iter().any(asks)
    }

    pub(crate) fn answer_store(&mut self, answer: impl Fn(&StoreWork) -> Option<Answer>) {
        let asked = self.take(|effect| match effect {
            Effect::Store { op, work } => answer(work).map(|answer| (*op, answer)),
            _ => None,
        });
        let (op, answer) = asked.expect("it asks the store for this");
        self.step(Input::Answer { op, answer });
    }

    pub(crate) fn written(&mut self, op: OpId, result: Result<(), WriteError>) {
        let answer = Answer::Written(result);
        self.step(Input::Answer { op, answer });
    }

    /// Does every commit and verification that is under way, and those that follow.
    pub(crate) fn write_all(&mut self) {
        while let Some(op) = self.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::Commit(_) | StoreWork::Verify(_),
            } => Some(*op),
            _ => None,
        }) {
            self.written(op, Ok(()));
        }
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    /// What it has answered to a call, if it has.
    pub(crate) fn reply(&mut self, wanted: CallId) -> Option<Reply> {
        self.take(|effect| match effect {
            Effect::Reply { call, reply } if *call == wanted => Some(reply.clone()),
            _ => None,
        })
    }

    /// A gateway says that it lives.
    pub(crate) fn heartbeat(&mut self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        let call = self.call();
        self.step(Input::Heartbeat { call, heartbeat });
        match self.reply(call) {
            Some(Reply::Ack(answer)) => answer,
            reply => panic!("{reply:?}"),
        }
    }

    /// Somebody wants a gateway drained.
    pub(crate) fn drain(&mut self, gateway: &GatewayAddr) -> CallId {
        let call = self.call();
        let gateway = gateway.clone();
        self.step(Input::Drain { call, gateway });
        call
    }

    /// A heartbeat has no answer.
    pub(crate) fn lose(&mut self, op: OpId) {
        let answer = Answer::Acked(Err(PeerError::unreachable("lost")));
        self.step(Input::Answer { op, answer });
    }

    /// A follower hears from the leader of this record: its heartbeat is acknowledged with this.
    pub(crate) fn acked(&mut self, leader: &LeaderRecord, ack: Ack) {
        let look = self.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::ReadRecord,
            } => Some(*op),
            _ => None,
        });
        if let Some(op) = look {
            let answer = Answer::Record(Ok(Some(leader.clone())));
            self.step(Input::Answer { op, answer });
        }
        let sent = |effect: &Effect| match effect {
            Effect::Heartbeat { op, .. } => Some(*op),
            _ => None,
        };
        let mut op = self.take(sent);
        for _ in 0..1_000 {
            if op.is_some() {
                break;
            }
            self.pass(Duration::from_millis(10));
            op = self.take(sent);
        }
        let op = op.expect("it sends a heartbeat");
        let answer = Answer::Acked(Ok(ack));
        self.step(Input::Answer { op, answer });
    }
}

/// Gateway number `n`.
pub(crate) fn gateway(n: u16) -> GatewayRecord {
    GatewayRecord {
        addr: addr(n),
        incarnation: Incarnation::new(u64::from(n)),
        rpc: RpcAddr::new(&format!("gateway-{n}:{}", 19_000 + n)).expect("an address"),
    }
}

/// Another process at the address of a gateway.
pub(crate) fn again(gateway: &GatewayRecord) -> GatewayRecord {
    GatewayRecord {
        incarnation: Incarnation::new(gateway.incarnation.get() + 1_000),
        ..gateway.clone()
    }
}

pub(crate) fn addr(n: u16) -> GatewayAddr {
    GatewayAddr::new(&format!("gateway-{n}:{}", 9_000 + n)).expect("an address")
}

pub(crate) fn stamp(epoch: u64, revision: u64) -> Stamp {
    Stamp::new(Epoch::new(epoch), Revision::new(revision))
}

pub(crate) fn decision(group: &str, coordinator: u16, stamp: Stamp) -> Decision {
    Decision {
        group: GroupName::new(group).expect("a name"),
        coordinator: addr(coordinator),
        stamp,
    }
}

/// The record of a leader whose commits up to `settled` are known to be whole.
pub(crate) fn record(leader: &GatewayRecord, at: Stamp, settled: Stamp) -> LeaderRecord {
    LeaderRecord {
        epoch: at.epoch,
        revision: at.revision,
        leader: leader.addr.clone(),
        incarnation: leader.incarnation,
        rpc: leader.rpc.clone(),
        settled,
        failovers: Default::default(),
        leases: None,
        nonce: Nonce::new(1),
    }
}

/// What a gateway says that has heard everything up to `applied`, in the term `epoch`.
pub(crate) fn heartbeat(gateway: &GatewayRecord, epoch: u64, applied: Stamp) -> Heartbeat {
    Heartbeat {
        gateway: gateway.clone(),
        announce: false,
        epoch: Epoch::new(epoch),
        applied,
        members_version: 0,
        revokes_heard: 0,
        given_up: Vec::new(),
        draining: false,
    }
}

/// What a leader answers that has nothing to say but where it stands; its lease is the whole.
pub(crate) fn ack(at: Stamp, inherited: Stamp, changes: Changes) -> Ack {
    Ack {
        epoch: at.epoch,
        stamp: at,
        changes,
        members: Some(std::sync::Arc::default()),
        standing: Standing::Member,
        lease: Config::default().timing.lease,
        inherited,
        inherited_over: true,
        revokes: Revokes::default(),
        ask_again: None,
    }
}
