use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use groupkeeper_registry::Config;
use groupkeeper_registry::machine::{Answer, CallId, Effect, Input, LockNews, Machine, Reply};
use groupkeeper_registry::peer::Leave;
use groupkeeper_types::Moment;

use crate::fleet::{self, Member};
use crate::report::{Report, Row};
use crate::store::Store;
use crate::{Args, cpu};

/// One fleet, and what is done to it.
pub(crate) struct Stages {
    args: Args,
    machine: Machine,
    store: Store,
    members: BTreeMap<u32, Member>,
    now: Duration,
    heartbeat_every: Duration,
    calls: BTreeMap<CallId, Waits>,
    last_call: u64,
    cpu: Duration,
    heartbeats: u64,
    answers_due: VecDeque<Input>,
    refused: Option<String>,
    report: Report,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy)]
enum Waits {
    Beat(u32),
    Group,
    Leave(u32),
}

/// The leader's own number.
const LEADER: u32 = 0;

impl Stages {
    pub(crate) fn new(args: Args) -> Self {
        let config = Config {
            load_cap: args.cap.map(groupkeeper_hashing::LoadCap::percent_over),
            ..Config::default()
        };
        let heartbeat_every = config.timing.heartbeat_every;
        let mut store = Store::default();
        store.placed.expect(args.groups);
        Self {
            machine: Machine::new(fleet::record(LEADER), config),
            store,
            members: (1..args.gateways).map(|n| (n, Member::new(n))).collect(),
            now: Duration::from_secs(1_000),
            heartbeat_every,
            calls: BTreeMap::new(),
            last_call: 0,
            cpu: Duration::ZERO,
            heartbeats: 0,
            answers_due: VecDeque::new(),
            refused: None,
            report: Report::default(),
            args,
        }
    }

    pub(crate) fn run(mut self) -> Result<Report> {
        self.stage("all gateways join", Self::all_join)?;
        self.stage("all groups are given out", Self::give_out)?;
        self.stage("nothing happens for 10 s", |it| it.beat(seconds(10)))?;
        self.stage("ten gateways join, one a second", Self::ten_join)?;
        self.stage("ten gateways leave, one a second", Self::ten_leave)?;
        self.stage("a rack of 2 % is lost", Self::lose_a_rack)?;
        Ok(self.report)
    }

    fn stage(&mut self, name: &str, work: impl FnOnce(&mut Self) -> Result<u64>) -> Result<()> {
        let (now, cpu, heartbeats) = (self.now, self.cpu, self.heartbeats);
        let (commits, moved) = (self.store.commits, self.store.placed.moved);
        println!("{name} ...");
        let least = work(self)?;
        if let Some(why) = self.refused.take() {
            bail!("{name}: {why}");
        }
        let row = Row {
            stage: name.to_owned(),
            simulated: self.now - now,
            cpu: self.cpu - cpu,
            heartbeats: self.heartbeats - heartbeats,
            commits: self.store.commits - commits,
            moved: self.store.placed.moved - moved,
            least,
            balance: self.store.placed.balance(self.members.len() + 1),
            resident: cpu::resident(),
        };
        println!("  {:.1} s of processor time", row.cpu.as_secs_f64());
        self.report.rows.push(row);
        Ok(())
    }

    fn all_join(&mut self) -> Result<u64> {
        self.input(Input::Lock(LockNews::Mine {
            until: Moment::NEVER,
        }));
        self.beat(seconds(12))?;
        let (stored, all) = (self.store.stored(), self.members.len() + 1);
        ensure!(stored == all, "{stored} of {all} gateways are stored");
        Ok(0)
    }

    /// A thousand are asked for while the store makes the last commit.
    fn give_out(&mut self) -> Result<u64> {
        for group in 0..usize::try_from(self.args.groups)? {
            let call = self.call(Waits::Group);
            let group_name = fleet::group(group);
            self.input_later(Input::Assign {
                call,
                group: group_name,
            });
            if group % 1_000 == 999 {
                self.answer();
            }
            if group % 1_000_000 == 999_999 {
                println!("  {} million", (group + 1) / 1_000_000);
            }
            if group % 10_000 == 9_999 {
                self.beat(Duration::from_millis(10))?;
            }
        }
        self.answer();
        self.beat(seconds(1))?;
        let placed = self.store.placed.count();
        ensure!(
            placed == u64::from(self.args.groups),
            "{placed} groups have a coordinator"
        );
        Ok(0)
    }

    fn ten_join(&mut self) -> Result<u64> {
        for n in self.args.gateways..self.args.gateways + 10 {
            self.members.insert(n, Member::new(n));
            self.beat(seconds(1))?;
        }
        Ok(0)
    }

    fn ten_leave(&mut self) -> Result<u64> {
        let mut least = 0;
        for n in self.args.gateways / 2..self.args.gateways / 2 + 10 {
            least += self.store.placed.of(n);
            let call = self.call(Waits::Leave(n));
            let gateway = &self.members[&n];
            let leave = Leave {
                gateway: gateway.record().addr.clone(),
                incarnation: gateway.record().incarnation,
                keep_groups: false,
            };
            self.input(Input::Leave { call, leave });
            self.beat(seconds(1))?;
            let left = self.store.placed.of(n);
            ensure!(left == 0, "gateway {n} has left, with {left} groups");
        }
        Ok(least)
    }

    fn lose_a_rack(&mut self) -> Result<u64> {
        let rack: Vec<u32> = (1..=self.args.gateways / 50).collect();
        let least = rack.iter().map(|n| self.store.placed.of(*n)).sum();
        for n in &rack {
            self.members.remove(n);
        }
        self.beat(seconds(10))?;
        let left: u64 = rack.iter().map(|n| self.store.placed.of(*n)).sum();
        ensure!(
            left == 0,
            "{left} groups are still at gateways that are gone"
        );
        println!(
            "  {} failovers, {} assignments rewritten behind them",
            self.store.failovers, self.store.rewritten
        );
        Ok(least)
    }

    /// Time passes, and every gateway beats, each at its own moment.
    fn beat(&mut self, span: Duration) -> Result<u64> {
        let end = self.now + span;
        let mut due: VecDeque<(Duration, u32)> = self
            .members
            .keys()
            .map(|n| (self.next_beat(*n), *n))
            .collect();
        due.make_contiguous().sort_unstable();
        loop {
            let beat = due.front().map_or(end, |(at, _)| *at);
            let deadline = Duration::from_micros(self.machine.deadline().as_micros());
            let next = beat.min(deadline).max(self.now);
            if next >= end {
                break;
            }
            self.now = next;
            match due.pop_front_if(|(at, _)| *at <= next) {
                Some((at, n)) => {
                    self.beat_once(n);
                    due.push_back((at + self.heartbeat_every, n));
                }
                None => self.input(Input::Tick),
            }
        }
        self.now = end;
        Ok(0)
    }

    fn next_beat(&self, n: u32) -> Duration {
        let every = u64::try_from(self.heartbeat_every.as_micros()).unwrap_or(1);
        let phase = u64::from(n).wrapping_mul(7_919) % every;
        let now = u64::try_from(self.now.as_micros()).unwrap_or(0);
        let round = now.saturating_sub(phase).div_ceil(every);
        Duration::from_micros(phase + round * every)
    }

    fn beat_once(&mut self, n: u32) {
        let Some(member) = self.members.get(&n) else {
            return;
        };
        let heartbeat = member.heartbeat();
        self.heartbeats += 1;
        let call = self.call(Waits::Beat(n));
        self.input(Input::Heartbeat { call, heartbeat });
    }

    fn call(&mut self, waits: Waits) -> CallId {
        self.last_call += 1;
        let call = CallId(self.last_call);
        self.calls.insert(call, waits);
        call
    }

    /// The leader takes an input, and the store answers what it asks, at once.
    fn input(&mut self, input: Input) {
        self.input_later(input);
        self.answer();
    }

    fn answer(&mut self) {
        while let Some(input) = self.answers_due.pop_front() {
            self.input_later(input);
        }
    }

    /// The leader takes an input, and the store takes its time.
    fn input_later(&mut self, input: Input) {
        for effect in self.step(input) {
            match effect {
                Effect::Store { op, work } => {
                    let answer = self.store.answer(work);
                    self.answers_due.push_back(Input::Answer { op, answer });
                }
                Effect::List { op, .. } => {
                    let answer = Answer::ListEnded(Ok(()));
                    self.answers_due.push_back(Input::Answer { op, answer });
                }
                Effect::Reply { call, reply } => self.replied(call, reply),
                _ => {}
            }
        }
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let micros = u64::try_from(self.now.as_micros()).unwrap_or(u64::MAX);
        let before = cpu::used();
        self.machine
            .step(Moment::from_micros(micros), input, &mut effects);
        self.cpu += cpu::used() - before;
        effects
    }

    fn replied(&mut self, call: CallId, reply: Reply) {
        match (self.calls.remove(&call), reply) {
            (Some(Waits::Beat(n)), Reply::Ack(Ok(ack))) => {
                if let Some(member) = self.members.get_mut(&n) {
                    member.acked(ack);
                }
            }
            (Some(Waits::Leave(n)), Reply::Done(Ok(()))) => drop(self.members.remove(&n)),
            (_, Reply::Ack(Err(error)) | Reply::Found(Err(error)) | Reply::Done(Err(error))) => {
                self.refused = Some(error.to_string());
            }
            (_, _) => {}
        }
    }
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}
