use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, Failovers, LeaderRecord,
    MemoryAssignmentStore, WriteError,
};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

pub(crate) fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

pub(crate) fn addr(number: u64) -> GatewayAddr {
    GatewayAddr::new(&format!("gateway-{number}:9092")).unwrap()
}

pub(crate) fn record(epoch: u64, revision: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::new(revision),
        leader: addr(epoch),
        incarnation: Incarnation::new(epoch),
        rpc: RpcAddr::new("10.0.0.1:7000").unwrap(),
        nonce: Nonce::random(),
        settled: Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: Stamp::ZERO,
        other: Default::default(),
    }
}

pub(crate) fn is_lost(answer: &Result<(), WriteError>) -> bool {
    matches!(answer, Err(WriteError::Unavailable { .. }))
}

pub(crate) fn is_stale(answer: &Result<(), WriteError>) -> bool {
    matches!(answer, Err(WriteError::Stale { .. }))
}

pub(crate) async fn assigned_to(store: &MemoryAssignmentStore, name: &str) -> Option<GatewayAddr> {
    store
        .load(&group(name))
        .await
        .unwrap()
        .map(|found| found.coordinator)
}

/// One who leads, and remembers the record as it last wrote it.
pub(crate) struct Leader {
    pub(crate) store: MemoryAssignmentStore,
    pub(crate) record: LeaderRecord,
}

impl Leader {
    pub(crate) async fn first(store: &MemoryAssignmentStore) -> Self {
        let record = record(1, 0);
        store.begin(&Expected::DoesNotExist, &record).await.unwrap();
        Self {
            store: store.clone(),
            record,
        }
    }

    pub(crate) async fn deposed(&self) -> Self {
        let next = LeaderRecord {
            lineage: self.record.lineage.followed_by(self.record.stamp()),
            ..record(self.record.epoch.get() + 1, self.record.revision.get())
        };
        self.store
            .begin(&Expected::Matches(self.record.clone()), &next)
            .await
            .unwrap();
        Self {
            store: self.store.clone(),
            record: next,
        }
    }

    /// A commit that puts groups on gateways.
    pub(crate) fn prepare(&self, groups: &[(&str, u64)]) -> Commit {
        let revision = self.record.revision.next();
        let assign = |(name, gateway): &(&str, u64)| {
            Change::Assign(Assignment {
                group: group(name),
                coordinator: addr(*gateway),
                stamp: Stamp::new(self.record.epoch, revision),
                assigned_at: WallTime::EPOCH,
            })
        };
        let next = LeaderRecord {
            revision,
            nonce: Nonce::random(),
            ..self.record.clone()
        };
        Commit::new(
            self.record.clone(),
            next,
            groups.iter().map(assign).collect(),
        )
        .unwrap()
    }

    pub(crate) async fn commit(&mut self, groups: &[(&str, u64)]) {
        let commit = self.prepare(groups);
        self.store.commit(&commit).await.unwrap();
        self.record = commit.next().clone();
    }
}
