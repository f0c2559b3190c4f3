use std::collections::{BTreeMap, VecDeque};

use groupkeeper_assignment_store::{Admission, Expected, LeaderRecord, WriteError};
use groupkeeper_registry::Folding;
use groupkeeper_registry::machine::{Batch, BatchChange};
use groupkeeper_registry::peer::Decision;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{GatewayAddr, Stamp};

use crate::clock::{Time, s};
use crate::names;

/// A write on its way through the store.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Begin {
        expected: Expected,
        next: LeaderRecord,
    },
    Commit(Batch),
    Verify(LeaderRecord),
}

/// A write that waits for its turn, or has it.
#[derive(Debug)]
pub(crate) struct Landing<T> {
    pub(crate) write: Write,
    /// Changes made so far.
    pub(crate) made: usize,
    /// It stops for good after so many changes.
    pub(crate) stops_after: Option<usize>,
    /// Who waits for it.
    pub(crate) waits: T,
}

/// The store: one leader record, an assignment per group, and the set of gateways.
///
/// Writes take turns, as under the lock of a path; the record is compared when a write has its turn.
/// A commit makes its changes one by one, where reads see them, and the record comes last. Copies get
/// all of it in that order, some time later.
#[derive(Debug)]
pub(crate) struct Store<T> {
    pub(crate) record: Option<LeaderRecord>,
    pub(crate) assignments: BTreeMap<usize, Decision>,
    pub(crate) gateways: BTreeMap<GatewayAddr, Admission>,
    /// What stood where another copy's files were put over it, until a commit writes there again.
    covered: Covered,
    pub(crate) active: Option<Landing<T>>,
    pub(crate) waiting: VecDeque<Landing<T>>,
    /// What stood before each of the newest changes, oldest first.
    before: VecDeque<(Time, Before)>,
}

#[derive(Debug, Clone, Default)]
struct Covered {
    groups: BTreeMap<usize, Option<Decision>>,
    /// Of each gateway all that has stood there: what a leader knows is one of them.
    gateways: BTreeMap<GatewayAddr, Vec<Admission>>,
}

/// What stood in a place.
#[derive(Debug, Clone)]
enum Before {
    Record(Option<LeaderRecord>),
    Assignment(usize, Option<Decision>),
    Gateway(GatewayAddr, Option<Admission>),
    Covered(Box<Covered>),
}

impl<T> Store<T> {
    /// The longest that a copy lags.
    pub(crate) const LAG: Time = s(20);

    pub(crate) fn new() -> Self {
        Self {
            record: None,
            assignments: BTreeMap::new(),
            gateways: BTreeMap::new(),
            covered: Covered::default(),
            active: None,
            waiting: VecDeque::new(),
            before: VecDeque::new(),
        }
    }

    /// A copy, as of a moment that is no longer ago than [`LAG`](Self::LAG).
    pub(crate) fn as_of(&self, moment: Time) -> Self {
        let mut copy = Self {
            record: self.record.clone(),
            assignments: self.assignments.clone(),
            gateways: self.gateways.clone(),
            covered: self.covered.clone(),
            ..Self::new()
        };
        let newer = self.before.iter().rev();
        for (_, before) in newer.take_while(|(at, _)| *at > moment) {
            match before.clone() {
                Before::Record(record) => copy.record = record,
                Before::Assignment(group, decision) => put(&mut copy.assignments, group, decision),
                Before::Gateway(addr, record) => put(&mut copy.gateways, addr, record),
                Before::Covered(covered) => copy.covered = *covered,
            }
        }
        copy
    }

    fn remember(&mut self, now: Time, before: Before) {
        let old = |it: &(Time, Before)| it.0 + Self::LAG < now;
        while self.before.front().is_some_and(old) {
            self.before.pop_front();
        }
        self.before.push_back((now, before));
    }

    /// Another record stands from now on.
    pub(crate) fn replace_record(&mut self, now: Time, record: Option<LeaderRecord>) {
        let before = std::mem::replace(&mut self.record, record);
        self.remember(now, Before::Record(before));
    }

    /// Another assignment of a group, or none; what stood there before.
    pub(crate) fn replace(
        &mut self,
        now: Time,
        group: usize,
        decision: Option<Decision>,
    ) -> Option<Decision> {
        let before = self.assignments.get(&group).cloned();
        put(&mut self.assignments, group, decision);
        self.remember(now, Before::Assignment(group, before.clone()));
        before
    }

    /// Another record of a gateway, or none.
    pub(crate) fn replace_gateway(
        &mut self,
        now: Time,
        addr: &GatewayAddr,
        record: Option<Admission>,
    ) {
        let before = self.gateways.get(addr).cloned();
        put(&mut self.gateways, addr.clone(), record);
        self.remember(now, Before::Gateway(addr.clone(), before));
    }

    /// Another copy's file of a group is put over what stands here.
    pub(crate) fn cover(&mut self, now: Time, group: usize, decision: Decision) {
        let mut covered = self.covered.clone();
        let stood = self.replace(now, group, Some(decision));
        covered.groups.entry(group).or_insert(stood);
        self.set_covered(now, covered);
    }

    /// Another copy's record of a gateway, or that it has none.
    pub(crate) fn cover_gateway(
        &mut self,
        now: Time,
        addr: &GatewayAddr,
        record: Option<Admission>,
    ) {
        let mut covered = self.covered.clone();
        let stood = covered.gateways.entry(addr.clone()).or_default();
        stood.extend(self.gateways.get(addr).cloned());
        self.replace_gateway(now, addr, record);
        self.set_covered(now, covered);
    }

    fn set_covered(&mut self, now: Time, covered: Covered) {
        let before = std::mem::replace(&mut self.covered, covered);
        self.remember(now, Before::Covered(Box::new(before)));
    }

    /// A commit has written a group's file.
    fn uncover(&mut self, now: Time, group: usize) {
        if self.covered.groups.contains_key(&group) {
            let mut covered = self.covered.clone();
            covered.groups.remove(&group);
            self.set_covered(now, covered);
        }
    }

    /// Groups whose files are another copy's.
    pub(crate) fn covered(&self) -> impl Iterator<Item = usize> {
        self.covered.groups.keys().copied()
    }

    pub(crate) fn is_covered(&self, group: usize) -> bool {
        self.covered.groups.contains_key(&group)
    }

    /// What this side has of a gateway: what stands there, and what stood before another copy's was put over
    /// it. Also after somebody has written there since, who knew of the other copy's alone: the lease of the
    /// one before may go on.
    pub(crate) fn admissions(&self, addr: &GatewayAddr) -> impl Iterator<Item = &Admission> {
        let stood = self.covered.gateways.get(addr).into_iter().flatten();
        self.gateways.get(addr).into_iter().chain(stood)
    }

    /// What a write finds when its turn comes: `Ok(true)` when it has landed before.
    pub(crate) fn admit(&self, write: &Write) -> Result<bool, WriteError> {
        let stands = |record: &LeaderRecord| self.record.as_ref() == Some(record);
        let (done, admitted) = match write {
            Write::Begin { expected, next } => (stands(next), expected.holds(self.record.as_ref())),
            Write::Commit(batch) => (stands(&batch.next), stands(&batch.expected)),
            Write::Verify(record) => (stands(record), false),
        };
        if done {
            return Ok(true);
        }
        let unfenced =
            matches!(write, Write::Commit(_)) && mutation::is_on(Mutation::UnfencedStore);
        if admitted || unfenced {
            return Ok(false);
        }
        Err(WriteError::Stale {
            found: self.record.clone().map(Box::new),
        })
    }

    /// What the store says of a group: what stands there, as failovers have moved it.
    pub(crate) fn says(&self, group: usize) -> Option<Decision> {
        Some(self.moved(self.assignments.get(&group)?))
    }

    /// What this side decided of a group, as far as somebody can know who has this in memory: where another
    /// copy's file was put over it, what stood before, unless it is that file which they know.
    pub(crate) fn decided(&self, group: usize, known: Option<&Decision>) -> Option<Decision> {
        let says = self.says(group);
        match self.covered.groups.get(&group) {
            Some(stood) if known.is_some() && known != says.as_ref() => {
                stood.as_ref().map(|stood| self.moved(stood))
            }
            _ => says,
        }
    }

    /// A decision, as failovers have moved it.
    fn moved(&self, stored: &Decision) -> Decision {
        let record = self.record.as_ref();
        let settled = record.filter(|record| record.settles(stored.stamp));
        settled.map_or_else(
            || stored.clone(),
            |record| folding(record).fold(stored.clone()),
        )
    }

    /// What a commit that is about to be whole moves by a failover of its own, by a leader who knows this
    /// of a group.
    pub(crate) fn failed_over(
        &self,
        batch: &Batch,
        knows: impl Fn(usize) -> Option<Decision>,
    ) -> Vec<Decision> {
        let newest = batch.next.failovers.newest();
        if newest.is_none_or(|failover| failover.stamp() != batch.next.stamp()) {
            return Vec::new();
        }
        let after = folding(&batch.next);
        let said = self
            .assignments
            .keys()
            .filter_map(|group| self.decided(*group, knows(*group).as_ref()));
        said.filter_map(|before| {
            let moved = after.fold(before.clone());
            (moved != before).then_some(moved)
        })
        .collect()
    }

    /// Makes one change; what stood there before.
    pub(crate) fn make(&mut self, now: Time, change: &BatchChange, at: Stamp) -> Option<Decision> {
        match change {
            BatchChange::Assign(decision) | BatchChange::Rewrite(decision) => {
                let group = names::group_index(&decision.group);
                self.uncover(now, group);
                return self.replace(now, group, Some(decision.clone()));
            }
            // Everything can be read here.
            BatchChange::SetAside(_) => {}
            BatchChange::Admit(record) => {
                let admission = Admission {
                    gateway: record.clone(),
                    admitted: at,
                };
                self.replace_gateway(now, &record.addr, Some(admission));
            }
            BatchChange::Dismiss(addr) => {
                self.replace_gateway(now, addr, None);
            }
        }
        None
    }
}

fn put<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => drop(map.insert(key, value)),
        None => drop(map.remove(&key)),
    }
}

pub(crate) fn folding(record: &LeaderRecord) -> Folding {
    Folding::new(&record.failovers).expect("there is one version of the rules")
}
