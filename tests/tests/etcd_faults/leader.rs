use groupkeeper_assignment_store::{
    Assignment, AssignmentStore as _, Change, Commit, Expected, GatewayRecord, LeaderRecord,
    WriteError,
};
use groupkeeper_etcd::Etcd;
use groupkeeper_tests::eventually;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, Nonce, RpcAddr, WallTime};

/// A leader of its own, in a store that was empty.
#[derive(Debug, Clone)]
pub(crate) struct Leader {
    pub(crate) etcd: Etcd,
    pub(crate) record: LeaderRecord,
}

impl Leader {
    pub(crate) async fn first(etcd: &Etcd) -> Self {
        let me = GatewayRecord {
            addr: GatewayAddr::new("gw-1:9092").unwrap(),
            incarnation: Incarnation::new(1),
            rpc: RpcAddr::new("gw-1:19092").unwrap(),
        };
        let nothing = Expected::DoesNotExist;
        let record = nothing.begun_by(&me, Epoch::new(1), Nonce::random());
        etcd.begin(&nothing, &record).await.unwrap();
        Self {
            etcd: etcd.clone(),
            record,
        }
    }

    /// The next commit, with these changes.
    pub(crate) fn prepare(&self, changes: Vec<Change>) -> Commit {
        let next = LeaderRecord {
            revision: self.record.revision.next(),
            nonce: Nonce::random(),
            ..self.record.clone()
        };
        Commit::new(self.record.clone(), next, changes).unwrap()
    }

    pub(crate) async fn commit(&mut self, commit: &Commit) -> Result<(), WriteError> {
        let written = self.etcd.commit(commit).await;
        if written.is_ok() {
            self.record = commit.next().clone();
        }
        written
    }

    /// Repeats a commit until it is made, as leaders do.
    pub(crate) async fn insist(&mut self, commit: &Commit) {
        eventually("a commit is made", async || {
            self.etcd.commit(commit).await.ok()
        })
        .await;
        self.record = commit.next().clone();
    }

    /// A group goes to some gateway.
    pub(crate) fn assign(&self, group: &str) -> Change {
        Change::Assign(Assignment {
            group: GroupName::new(group).unwrap(),
            coordinator: GatewayAddr::new("gw-2:9092").unwrap(),
            stamp: self.prepare(Vec::new()).next().stamp(),
            assigned_at: WallTime::EPOCH,
        })
    }

    /// So many groups go there.
    pub(crate) fn assign_many(&self, count: usize) -> Vec<Change> {
        (0..count)
            .map(|number| self.assign(&format!("group-{number}")))
            .collect()
    }
}

/// How many assignments are listed.
pub(crate) async fn listed(etcd: &Etcd) -> usize {
    use groupkeeper_assignment_store::AssignmentStoreExt as _;
    etcd.list_all().await.unwrap().len()
}
