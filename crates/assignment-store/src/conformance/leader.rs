use std::collections::BTreeMap;
use std::sync::Arc;

use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

use crate::{
    Admission, Assignment, AssignmentStore, AssignmentStoreExt, Change, Commit, Expected,
    Failovers, GatewayRecord, LeaderRecord, Lineage, Listed, OtherVersion,
};

pub(super) fn group(name: &str) -> GroupName {
    GroupName::new(name).expect("cases use proper group names")
}

pub(super) fn addr(number: u64) -> GatewayAddr {
    GatewayAddr::new(&format!("gateway-{number}:9092")).expect("a proper address")
}

pub(super) fn gateway(addr: &str, incarnation: u64) -> Admission {
    let gateway = GatewayRecord {
        addr: GatewayAddr::new(addr).expect("a proper address"),
        incarnation: Incarnation::new(incarnation),
        rpc: RpcAddr::new("10.0.0.1:7000").expect("a proper address"),
    };
    Admission {
        gateway,
        admitted: Stamp::new(Epoch::new(incarnation), Revision::new(1)),
    }
}

/// A writing of the leader record, different from every other.
pub(super) fn record(epoch: u64, revision: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::new(revision),
        leader: addr(epoch),
        incarnation: Incarnation::new(epoch),
        rpc: RpcAddr::new("10.0.0.1:7000").expect("a proper address"),
        nonce: Nonce::random(),
        lineage: Lineage::default(),
        floor: Stamp::ZERO,
        settled: Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        other: OtherVersion::default(),
    }
}

/// One who leads a fleet, and remembers the record as it last wrote it.
#[derive(Debug, Clone)]
pub(super) struct Leader {
    pub(super) store: Arc<dyn AssignmentStore>,
    pub(super) record: LeaderRecord,
}

impl Leader {
    /// Begins the first epoch of an empty store.
    pub(super) async fn first(store: &Arc<dyn AssignmentStore>) -> Self {
        let record = record(1, 0);
        store
            .begin(&Expected::DoesNotExist, &record)
            .await
            .expect("the first epoch begins");
        Self {
            store: Arc::clone(store),
            record,
        }
    }

    /// Begins the next epoch, so that this leader is deposed.
    pub(super) async fn deposed_at(&self, store: &Arc<dyn AssignmentStore>) -> Self {
        let next = LeaderRecord {
            lineage: self.record.lineage.followed_by(self.record.stamp()),
            ..record(self.record.epoch.get() + 1, self.record.revision.get())
        };
        let expected = Expected::Matches(self.record.clone());
        store
            .begin(&expected, &next)
            .await
            .expect("the next epoch begins");
        Self {
            store: Arc::clone(store),
            record: next,
        }
    }

    /// Puts a group on a gateway, decided by this leader's next commit.
    pub(super) fn assign(&self, name: &str, gateway: u64) -> Change {
        Change::Assign(self.assignment(name, gateway))
    }

    pub(super) fn assignment(&self, name: &str, gateway: u64) -> Assignment {
        Assignment {
            group: group(name),
            coordinator: addr(gateway),
            stamp: Stamp::new(self.record.epoch, self.record.revision.next()),
            assigned_at: WallTime::from_millis(1_795_000_000_123),
        }
    }

    /// A commit on the record that this leader last wrote, not yet sent.
    pub(super) fn prepare(&self, changes: Vec<Change>) -> Commit {
        let revision = self.record.revision.next();
        let next = LeaderRecord {
            revision,
            nonce: Nonce::random(),
            ..self.record.clone()
        };
        Commit::new(self.record.clone(), next, changes).expect("not too many changes")
    }

    /// Commits, which must be confirmed.
    pub(super) async fn commit(&mut self, changes: Vec<Change>) -> Commit {
        let commit = self.prepare(changes);
        self.store
            .commit(&commit)
            .await
            .expect("the commit is confirmed");
        self.record = commit.next().clone();
        commit
    }
}

/// Everything that a store tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Contents {
    pub(super) record: Option<LeaderRecord>,
    pub(super) assignments: BTreeMap<GroupName, Assignment>,
    pub(super) gateways: Vec<Admission>,
}

/// Reads everything; each group must be listed once.
pub(super) async fn contents(store: &Arc<dyn AssignmentStore>) -> Contents {
    let mut assignments = BTreeMap::new();
    for entry in store.list_all().await.expect("the listing is whole") {
        let Listed::Assignment(assignment) = entry else {
            panic!("listed: {entry:?}")
        };
        let twice = assignments.insert(assignment.group.clone(), assignment);
        assert_eq!(twice, None, "listed twice");
    }
    Contents {
        record: store.record().await.expect("the record can be read"),
        assignments,
        gateways: gateways(store).await,
    }
}

/// The stored gateways, all of which can be read.
pub(super) async fn gateways(store: &Arc<dyn AssignmentStore>) -> Vec<Admission> {
    let stored = store.gateways().await.expect("the gateways can be read");
    assert_eq!(stored.unreadable, []);
    stored.records
}
