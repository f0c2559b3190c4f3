//! A machine, the time, and what it has asked for.

use std::time::Duration;

use groupkeeper_assignment_store::{
    Admission, Assignment, GatewayRecord, LeaderRecord, Lineage, Listed, StoredGateways, WriteError,
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
    /// More than a leader ever writes without time passing.
    pub(crate) const MOST_WRITES: usize = 1_000;

    /// A gateway that has just started. It keeps the lock although nobody is heard: others live as far as
    /// a test wants them to.
    pub(crate) fn new(me: &GatewayRecord) -> Self {
        let config = Config {
            lends_lock: false,
            ..Config::default()
        };
        Self::with(me, config)
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
        self.gateways_found(&stored.iter().map(admission).collect());
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
        for _ in 0..Self::MOST_WRITES {
            let op = self.take(|effect| match effect {
                Effect::Store {
                    op,
                    work: StoreWork::Commit(_) | StoreWork::Verify(_),
                } => Some(*op),
                _ => None,
            });
            match op {
                Some(op) => self.written(op, Ok(())),
                None => return,
            }
        }
        panic!("it writes for ever: a commit was made, and it wants the next");
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

    /// The epoch that it leads or follows.
    pub(crate) fn epoch(&self) -> Epoch {
        let head = self.machine.head();
        head.leader.map_or(Epoch::ZERO, |leader| leader.epoch)
    }

    /// A gateway says that it lives. Where it names this leader's epoch by its number alone, that one is
    /// meant.
    pub(crate) fn heartbeat(&mut self, mut heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        let own = self.epoch();
        for said in [&mut heartbeat.epoch, &mut heartbeat.applied.epoch] {
            if said.get() == u64::from(own.number()) {
                *said = own;
            }
        }
        let call = self.call();
        self.step(Input::Heartbeat { call, heartbeat });
        match self.reply(call) {
            Some(Reply::Ack(answer)) => answer,
            reply => panic!("{reply:?}"),
        }
    }

    /// Somebody asks for a group.
    pub(crate) fn assign(&mut self, group: &str) -> CallId {
        let call = self.call();
        let group = GroupName::new(group).expect("a name");
        self.step(Input::Assign { call, group });
        call
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

    /// The store has this leader record, where it is asked for.
    pub(crate) fn looks_up(&mut self, record: &LeaderRecord) {
        let look = self.take(|effect| match effect {
            Effect::Store {
                op,
                work: StoreWork::ReadRecord,
            } => Some(*op),
            _ => None,
        });
        if let Some(op) = look {
            let answer = Answer::Record(Ok(Some(record.clone())));
            self.step(Input::Answer { op, answer });
        }
    }

    /// A follower hears from the leader of this record: its heartbeat is acknowledged with this.
    pub(crate) fn acked(&mut self, leader: &LeaderRecord, ack: Ack) {
        self.looks_up(leader);
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

/// As it stands in a store that has forgotten by which commit.
pub(crate) fn admission(gateway: &GatewayRecord) -> Admission {
    Admission {
        gateway: gateway.clone(),
        admitted: Stamp::ZERO,
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
        lineage: Lineage::up_to(stamp(at.epoch.get() - 1, u64::MAX)),
        floor: Stamp::ZERO,
        other: Default::default(),
    }
}

/// What a gateway says that has heard everything up to `applied`, in the term `epoch`.
pub(crate) fn heartbeat(gateway: &GatewayRecord, epoch: u64, applied: Stamp) -> Heartbeat {
    Heartbeat {
        gateway: gateway.clone(),
        announce: false,
        epoch: Epoch::new(epoch),
        stood: Epoch::ZERO,
        applied,
        members_version: 0,
        revokes_heard: 0,
        given_up: Vec::new(),
        draining: false,
        unanswered: Duration::ZERO,
        store_decides: false,
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
        lineage: None,
        token_floor: Stamp::ZERO,
        inherited_over: true,
        revokes: Revokes::default(),
        ask_again: None,
    }
}
