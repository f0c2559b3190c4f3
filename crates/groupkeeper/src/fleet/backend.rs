use std::sync::Arc;

use groupkeeper_assignment_store::{AssignmentStore, MemoryAssignmentStore};
use groupkeeper_election::{LockKey, LockService, MemoryLockService};
use groupkeeper_embedded::{Embedded, OpenError};
use groupkeeper_etcd::{Etcd, EtcdConfig};
use groupkeeper_groups::{GroupStore, MemoryGroupStore};
use groupkeeper_seaweedfs::{Fleet, FleetName, SeaweedConfig, SeaweedFs, lock_key};
use groupkeeper_types::{BootClock, Timing};

use crate::backend_spec::BackendSpec;
use crate::cli::EtcdArgs;

/// One fleet's lock, assignments and groups, open. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    pub(super) locks: Arc<dyn LockService>,
    pub(super) lock_key: LockKey,
    pub(super) store: Arc<dyn AssignmentStore>,
    /// Where groups are kept, where they can be.
    pub(super) groups: Option<Arc<dyn GroupStore>>,
    waits: Waits,
}

/// Who knows what a store waits for.
#[derive(Debug, Clone)]
enum Waits {
    Nobody,
    SeaweedFs(Arc<SeaweedFs>),
    Etcd(Etcd),
}

impl Backend {
    /// Opens it. A SeaweedFS or an etcd need not answer yet. Dropped, an opening that has begun goes on in a
    /// thread of its own.
    pub(super) async fn open(
        spec: BackendSpec,
        etcd: &EtcdArgs,
        fleet: Option<&FleetName>,
        timing: &Timing,
    ) -> Result<Self, OpenError> {
        // No fleet can be named by the empty text, so it is free for the one without a name.
        let name = fleet.map_or("", FleetName::as_str).to_owned();
        let fleet = fleet.cloned().map_or(Fleet::Default, Fleet::Named);
        let mut waits = Waits::Nobody;
        let mut groups: Option<Arc<dyn GroupStore>> = None;
        let (locks, store): (Arc<dyn LockService>, Arc<dyn AssignmentStore>) = match &spec {
            BackendSpec::Embedded(dir) => {
                // In full, since errors name it, and people look for it.
                let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
                tracing::info!("assignments and groups are kept in {}", dir.display());
                // It reads all of the data to check it.
                let opened = tokio::task::spawn_blocking(move || Embedded::open(&dir)).await;
                let embedded =
                    opened.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()))?;
                groups = Some(Arc::new(embedded.groups(&name)));
                (
                    Arc::new(embedded.locks(&name)),
                    Arc::new(embedded.store(&name)),
                )
            }
            BackendSpec::Memory => {
                tracing::warn!(
                    "assignments and groups are kept in memory: they end with this process"
                );
                groups = Some(Arc::new(MemoryGroupStore::new()));
                let locks = MemoryLockService::new(Arc::new(BootClock));
                (Arc::new(locks), Arc::new(MemoryAssignmentStore::new()))
            }
            BackendSpec::SeaweedFs(masters) => {
                tracing::info!("assignments are kept on {spec}");
                let mut config = SeaweedConfig::new(masters.clone());
                config.fleet = fleet.clone();
                config.lock_timeout = timing.lock_call;
                config.read_timeout = timing.store_call;
                config.write_timeout = timing.store_call;
                config.settle = SeaweedConfig::settle_for(timing);
                let opened = SeaweedFs::connect(config);
                waits = Waits::SeaweedFs(Arc::clone(&opened));
                (opened.clone(), opened)
            }
            BackendSpec::Etcd(members) => {
                let mut config = EtcdConfig::new(members.clone());
                config.fleet = name;
                config.login = etcd.login();
                config.lock_timeout = timing.lock_call;
                config.read_timeout = timing.store_call;
                config.write_timeout = timing.store_call;
                let opened = Etcd::new(config);
                tracing::info!(
                    "assignments and groups are kept on {spec}, under {}",
                    opened.prefix()
                );
                waits = Waits::Etcd(opened.clone());
                groups = Some(Arc::new(opened.clone()));
                (Arc::new(opened.clone()), Arc::new(opened))
            }
        };
        Ok(Self {
            locks,
            lock_key: lock_key(&fleet),
            store,
            groups,
            waits,
        })
    }

    /// What the backend itself still waits for, for people.
    pub(super) fn waits_for(&self) -> Option<String> {
        match &self.waits {
            Waits::Nobody => None,
            Waits::SeaweedFs(store) => store.undecided(),
            Waits::Etcd(store) => store.trouble(),
        }
    }
}
