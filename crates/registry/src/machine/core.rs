use std::hash::{Hash, Hasher};
use std::time::Duration;

use groupkeeper_assignment_store::{GatewayRecord, LeaderRecord, Leases, Lineage};
use groupkeeper_election::LockOwner;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, GroupName, Moment, Nonce, Stamp, Timing};

use super::candidacy::Candidacy;
use super::groups::Groups;
use super::holdings::{Held, Holdings};
use super::pace::Pace;
use super::solitude::Solitude;
use super::{CallId, Effect, Input, LockNews, OpId, Reply, Report, StoreWork};
use crate::config::Config;
use crate::peer::{Decision, Found, PeerError};

/// What a gateway knows whatever its role.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Core {
    pub(super) me: GatewayRecord,
    pub(super) config: Config,
    /// The highest epoch seen anywhere: in the record, in assignments, in what gateways report.
    pub(super) seen: Epoch,
    /// The newest epoch that it took part in: all that it knows and holds is of that one's history.
    pub(super) stood: Epoch,
    /// Another history than this fleet's has come to light, under which somebody may have acted: the next
    /// commit raises the floor of all tokens.
    pub(super) raise_floor: bool,
    /// What is known of groups, and the newest decision in it.
    pub(super) groups: Groups,
    pub(super) applied: Stamp,
    pub(super) holdings: Holdings,
    /// Whether a leader has said that this gateway is to lose its groups; it tells the next one.
    pub(super) draining: bool,
    /// Whether some leader has taken this process in: its first words are said once.
    pub(super) announced: bool,
    pub(super) stopping: Stopping,
    pub(super) candidacy: Candidacy,
    pub(super) solitude: Solitude,
    pub(super) pace: Pace,
    pub(super) problem: Option<String>,
    lock: Lock,
    ops: OpsSoFar,
    writings: u64,
}

/// How many operations there have been. Machines that differ in this alone do the same from here on,
/// so it is not hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OpsSoFar(u64);

impl Hash for OpsSoFar {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stopping {
    No,
    /// On its way out: it leads only as far as needed to hand over.
    Asked {
        call: CallId,
        drain: bool,
    },
    Done,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Lock {
    Free,
    Mine { until: Moment },
    HeldBy(LockOwner),
}

impl Core {
    pub(super) fn new(me: GatewayRecord, config: Config) -> Self {
        Self {
            me,
            config,
            seen: Epoch::ZERO,
            stood: Epoch::ZERO,
            raise_floor: false,
            groups: Groups::default(),
            applied: Stamp::ZERO,
            holdings: Holdings::default(),
            draining: false,
            announced: false,
            stopping: Stopping::No,
            candidacy: Candidacy::default(),
            solitude: Solitude::default(),
            pace: Pace::default(),
            problem: None,
            lock: Lock::Free,
            ops: OpsSoFar(0),
            writings: 0,
        }
    }

    pub(super) fn hear_of_lock(&mut self, news: LockNews) {
        self.lock = match news {
            LockNews::Mine { until } => Lock::Mine { until },
            LockNews::HeldBy(owner) => Lock::HeldBy(owner),
            LockNews::Free => Lock::Free,
        };
    }

    /// Whoever asks again to stop wants it now: the first to ask is told that it was cut short.
    pub(super) fn asked_to_stop(
        &mut self,
        call: CallId,
        drain: bool,
        out: &mut Vec<Effect>,
    ) -> Input {
        match self.stopping {
            Stopping::No => Input::Stop { call, drain },
            Stopping::Asked { call: first, .. } => {
                let error = PeerError::not_available("stopped before everything was handed over");
                out.push(Effect::Reply {
                    call: first,
                    reply: Reply::Done(Err(error)),
                });
                Input::Stop { call, drain: false }
            }
            Stopping::Done => {
                out.push(Effect::Reply {
                    call,
                    reply: Reply::Done(Ok(())),
                });
                Input::Tick
            }
        }
    }

    /// When this gateway's term ends by its own clock; never later than the present without one.
    pub(super) fn term_end(&self) -> Moment {
        match self.lock {
            Lock::Mine { until } => until,
            Lock::Free | Lock::HeldBy(_) => Moment::ZERO,
        }
    }

    pub(super) fn lock_owner(&self) -> Option<String> {
        match &self.lock {
            Lock::Free => None,
            Lock::Mine { .. } => Some(self.me.addr.to_string()),
            Lock::HeldBy(owner) => Some(owner.to_string()),
        }
    }

    pub(super) fn timing(&self) -> &Timing {
        &self.config.timing
    }

    /// Remembers an epoch; whether nothing newer had been seen.
    pub(super) fn see(&mut self, epoch: Epoch) -> bool {
        let newest = epoch >= self.seen;
        self.seen = self.seen.max(epoch);
        newest
    }

    fn hear(&mut self, decision: &Decision) -> Held {
        self.holdings.hear(decision, &self.me.addr, self.seen)
    }

    /// Different for every writing of this process, and as random as its incarnation between processes.
    pub(super) fn nonce(&mut self) -> Nonce {
        self.writings += 1;
        // An odd factor keeps the steps from meeting.
        let step = self.writings.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Nonce::new(self.me.incarnation.get().wrapping_add(step))
    }

    /// An epoch greater than every one that has been seen, and that nobody else begins.
    pub(super) fn next_epoch(&mut self) -> Epoch {
        let [.., a, b, c, d] = self.nonce().get().to_le_bytes();
        self.seen.next(u32::from_le_bytes([a, b, c, d]))
    }

    /// Completes a record that this gateway is about to write: leases as long as `longest` may be running,
    /// and where another history has come to light, no token is less than this writing.
    pub(super) fn complete(&self, mut next: LeaderRecord, longest: Duration) -> LeaderRecord {
        next.leases = Some(Leases {
            given: self.timing().lease,
            running: longest,
        });
        if self.raise_floor {
            next.floor = next.stamp();
        }
        next
    }

    /// A record of this gateway stands.
    pub(super) fn stands(&mut self, record: &LeaderRecord) {
        self.raise_floor &= record.floor != record.stamp();
    }
}

/// One step: the moment, what is known, and what is to be done.
pub(super) struct Ctx<'a> {
    pub(super) now: Moment,
    pub(super) core: &'a mut Core,
    pub(super) out: &'a mut Vec<Effect>,
}

impl Ctx<'_> {
    /// A number for a new operation.
    pub(super) fn op(&mut self) -> OpId {
        self.core.ops.0 += 1;
        OpId(self.core.ops.0)
    }

    /// Asks the store.
    pub(super) fn store(&mut self, work: StoreWork) -> OpId {
        let op = self.op();
        self.out.push(Effect::Store { op, work });
        op
    }

    pub(super) fn reply(&mut self, call: CallId, reply: Reply) {
        self.out.push(Effect::Reply { call, reply });
    }

    /// Answers a call about a group with a decision.
    pub(super) fn found(&mut self, call: CallId, decision: Decision) {
        let as_of = self.core.applied;
        self.reply(call, Reply::Found(Ok(Found { decision, as_of })));
    }

    /// Says "not now" about a group.
    pub(super) fn not_available(&mut self, call: CallId, why: &str) {
        self.reply(call, Reply::Found(Err(PeerError::not_available(why))));
    }

    pub(super) fn info(&mut self, text: String) {
        self.out.push(Effect::Report(Report::Info(text)));
    }

    pub(super) fn alarm(&mut self, text: String) {
        self.out.push(Effect::Report(Report::Alarm(text)));
    }

    /// Tells people of a problem, once as long as it stays the same.
    pub(super) fn problem(&mut self, text: String) {
        if self.core.problem.as_ref() != Some(&text) {
            self.alarm(text.clone());
            self.core.problem = Some(text);
        }
    }

    /// Takes note of a decision for what this gateway holds.
    pub(super) fn hear(&mut self, decision: &Decision) {
        let held = self.core.hear(decision);
        self.tell_held(&decision.group, held);
    }

    /// The same of many, which are told of at once.
    pub(super) fn hear_all<'a>(&mut self, decisions: impl IntoIterator<Item = &'a Decision>) {
        let mut held = Vec::new();
        for decision in decisions {
            match self.core.hear(decision) {
                Held::By(stamp) => held.push((decision.group.clone(), stamp)),
                other => self.tell_held(&decision.group, other),
            }
        }
        if !held.is_empty() {
            self.out.push(Effect::HoldAll(held));
        }
    }

    /// Gives up a group that is held by this decision, or by an older one.
    pub(super) fn give_up(&mut self, group: &GroupName, stamp: Stamp) {
        let held = self.core.holdings.give_up(group, stamp);
        self.tell_held(group, held);
    }

    /// Gives up everything, for good.
    pub(super) fn give_all_up(&mut self) {
        self.core.holdings.close();
        self.out.push(Effect::ReleaseAll);
    }

    /// A leader says whether earlier leases are over.
    pub(super) fn set_inherited_over(&mut self, over: bool) {
        if self.core.holdings.set_inherited_over(over) {
            self.hold_again();
        }
    }

    /// Where the lease is over, nothing is held any more; whether it is.
    pub(super) fn lapse(&mut self) -> bool {
        let held = self.core.holdings.holds_any();
        let over = self.core.holdings.lapse(self.now);
        if over && held {
            self.out.push(Effect::ReleaseAll);
        }
        over
    }

    /// No token is less than this from now on. Where that is news, what was held before is held again only
    /// by what is known now: a store that was parted may have given it to others, whatever lease there is.
    pub(super) fn raise_token_floor(&mut self, to: Stamp) {
        // The other thing that ends what a lapse has left: the bug is that neither does.
        let rises =
            to > self.core.holdings.token_floor() && !mutation::is_on(Mutation::HeldThroughLapse);
        if rises && self.core.holdings.holds_any() {
            self.core.holdings.let_all_go();
            self.out.push(Effect::ReleaseAll);
            self.hold_again();
        }
        self.core.holdings.raise_token_floor(to);
    }

    /// Hears again of everything that is known to name this gateway.
    pub(super) fn hold_again(&mut self) {
        // Some at a time: they may be all there are.
        for some in self.core.groups.of(&self.core.me.addr).chunks(4_096) {
            let known = some.iter().filter_map(|group| self.core.groups.get(group));
            let known: Vec<Decision> = known.collect();
            self.hear_all(&known);
        }
    }

    fn tell_held(&mut self, group: &GroupName, held: Held) {
        let group = group.clone();
        match held {
            Held::Same => {}
            Held::By(stamp) => self.out.push(Effect::Hold { group, stamp }),
            Held::NoLonger => self.out.push(Effect::Release(group)),
        }
    }

    /// Tells people of something that may pass by itself, once for as long as it lasts: the cause may
    /// be worded differently at every try.
    pub(super) fn trouble(&mut self, text: String) {
        if self.core.problem.is_none() {
            self.problem(text);
        }
    }

    /// What stood in the way has passed.
    pub(super) fn trouble_is_over(&mut self) {
        if let Some(problem) = self.core.problem.take() {
            self.info(format!("this has passed: {problem}"));
        }
    }

    /// What is cached may be old.
    pub(super) fn forget_all(&mut self) {
        self.core.groups.clear();
        self.out.push(Effect::ForgetAll);
        // What is held stays so, while nobody takes it.
        self.lapse();
    }

    /// An epoch is heard of, or begun, that stands on this lineage, which is settled up to there. What is
    /// known and held beyond that is lost, since the store lost it. Where the epoch that this gateway took
    /// part in is not of the lineage, all is: others may have been given it meanwhile.
    pub(super) fn stand_on(&mut self, epoch: Epoch, lineage: &Lineage, settled: Stamp) {
        let core = &mut *self.core;
        let before = std::mem::replace(&mut core.stood, epoch);
        if before != epoch && before != Epoch::ZERO && !lineage.has(before) {
            core.groups.clear();
            core.holdings.clear();
            core.applied = Stamp::ZERO;
            core.announced = false;
            self.out.extend([Effect::ForgetAll, Effect::ReleaseAll]);
            return self.alarm(format!(
                "epoch {epoch} does not stand on epoch {before}, in which this gateway took part: the store was \
                 parted, or has lost its newest writes; this gateway lets go of all its groups and joins anew"
            ));
        }
        let lost =
            |stamp: Stamp| stamp.epoch != epoch && !(stamp <= settled && lineage.contains(stamp));
        for group in core.groups.lose(lost) {
            self.out.push(Effect::Forget(group));
        }
        for group in core.holdings.lose(lost) {
            self.out.push(Effect::Release(group));
        }
    }
}
