use std::time::Duration;

use groupkeeper_assignment_store::{
    Admission, Assignment, AssignmentStore, Change, Commit, Expected, GatewayRecord, LeaderRecord,
};
use groupkeeper_seaweedfs::{Fleet, FleetName, SeaweedFs};
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

use crate::{WeedCluster, eventually};

/// Leaves a fleet's store as it is after all its gateways have died: these groups are assigned to this
/// one. It is written by the store's own commits, as a leader would, and no gateway is needed for it.
///
/// # Panics
/// When the fleet's name or an address is no such thing, or the store refuses.
pub async fn fill(
    cluster: &WeedCluster,
    fleet: &str,
    groups: impl IntoIterator<Item = String>,
    coordinator: &str,
) {
    let mut config = cluster.config();
    config.fleet = Fleet::Named(FleetName::new(fleet).expect("a fleet's name"));
    config.write_timeout = Duration::from_secs(30);
    let store = SeaweedFs::connect(config);
    eventually("the filer is found", async || {
        (!store.filers().is_empty()).then_some(())
    })
    .await;
    let gateway = record_of(coordinator);
    let mut last = LeaderRecord {
        epoch: Epoch::new(1),
        revision: Revision::new(1),
        leader: gateway.addr.clone(),
        incarnation: gateway.incarnation,
        rpc: gateway.rpc.clone(),
        settled: Stamp::ZERO,
        failovers: <_>::default(),
        leases: None,
        nonce: Nonce::random(),
        lineage: Default::default(),
        floor: Stamp::ZERO,
        other: Default::default(),
    };
    let begun = store.begin(&Expected::DoesNotExist, &last).await;
    begun.expect("nobody has led this fleet");
    let mut groups = groups.into_iter().peekable();
    let mut changes = vec![Change::Admit(Admission {
        gateway: gateway.clone(),
        admitted: Stamp::new(last.epoch, last.revision.next()),
    })];
    while !changes.is_empty() || groups.peek().is_some() {
        let revision = last.revision.next();
        let stamp = Stamp::new(last.epoch, revision);
        let room = Commit::MAX_CHANGES - changes.len();
        changes.extend(groups.by_ref().take(room).map(|group| {
            Change::Assign(Assignment {
                group: GroupName::new(&group).expect("a group's name"),
                coordinator: gateway.addr.clone(),
                stamp,
                assigned_at: WallTime::now(),
            })
        }));
        let next = LeaderRecord {
            revision,
            settled: stamp,
            nonce: Nonce::random(),
            ..last.clone()
        };
        let commit = Commit::new(last, next.clone(), std::mem::take(&mut changes));
        let commit = commit.expect("no more changes than there is room for");
        store.commit(&commit).await.expect("the filer takes it");
        last = next;
    }
}

fn record_of(kafka: &str) -> GatewayRecord {
    let addr = GatewayAddr::new(kafka).expect("an address");
    let rpc = format!("{}:{}", addr.host(), u32::from(addr.port()) + 10_000);
    GatewayRecord {
        addr,
        incarnation: Incarnation::random(),
        rpc: RpcAddr::new(&rpc).expect("an address"),
    }
}
