//! The gateways of this process, one or many: opening, serving and stopping them.

mod backend;
mod doors;
mod failed;
mod listeners;
mod news;
mod reach;
mod situation;
mod watch;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use groupkeeper_gateway::{ClusterId, InvalidClusterId};
use groupkeeper_groups::{GroupConfig, Groups};
use groupkeeper_hashing::{LoadCap, Strategy};
use groupkeeper_registry::{Config, Parts, PauseClock, Registry, StartError};
use groupkeeper_rpc::{GrpcPeers, RpcTimeouts};
use groupkeeper_seaweedfs::FleetName;
use groupkeeper_types::{GatewayAddr, TimingProfile};
use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::backend_spec::BackendSpec;
use crate::cli::EtcdArgs;
use crate::group_calls::GroupCalls;
use crate::late_groups::LateGroups;
use crate::open_files::Connections;
use crate::plan::GatewayPlan;
use crate::signals::{Signals, Stop};
use backend::Backend;
use doors::Doors;
use failed::first_failed;
use listeners::Listeners;
use watch::Watch;

pub use doors::OpenError;
pub use listeners::PortLost;

/// Which gateways to run, and how.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// One plan a gateway.
    pub gateways: Vec<GatewayPlan>,
    /// What they share.
    pub backend: BackendSpec,
    /// As whom, where that is an etcd.
    pub etcd: EtcdArgs,
    /// The fleet's name, if it has one.
    pub name: Option<FleetName>,
    /// How a gateway is picked for a group.
    pub placement: Strategy,
    /// How far over the mean a gateway may be loaded, in percent.
    pub load_cap: Option<u32>,
    /// How long everything takes and waits.
    pub timing: TimingProfile,
    /// Who answers the calls of groups' members.
    pub group_calls: GroupCalls,
    /// Whether groups are moved away when it stops: for a gateway that others outlive. A fleet that
    /// stops as a whole keeps them.
    pub drain: bool,
}

/// Why gateways did not run, or did not go on.
#[derive(Debug, Error)]
pub enum FleetError {
    /// A fleet's name that clients can't be told.
    #[error(transparent)]
    Name(#[from] InvalidClusterId),
    /// The system does not tell of signals.
    #[error("Ctrl-C, SIGTERM and SIGHUP can't be listened for: {0}")]
    Signals(#[source] io::Error),
    /// The ports.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store.
    #[error("{0} (--backend says where assignments are kept)")]
    Backend(#[from] groupkeeper_embedded::OpenError),
    /// The registry.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A port that was served is gone.
    #[error(transparent)]
    PortLost(#[from] PortLost),
    /// A registry panicked.
    #[error(
        "the gateway {0} has failed, by a mistake of this program, which the log tells above: please \
         report it, and start the gateway again"
    )]
    Failed(GatewayAddr),
}

/// The cluster's ID of a fleet without a name.
const CLUSTER_ID: &str = "groupkeeper";

/// The most that moving groups, resigning and leaving may take, so that all is over in 5 s.
const HAND_OVER: Duration = Duration::from_millis(2_900);

impl Fleet {
    /// Runs until Ctrl-C, SIGTERM or SIGHUP, then stops. A second signal ends it at once, with the
    /// code of a program that this signal ended. Each gateway takes as many `connections`.
    ///
    /// # Errors
    /// When it can't start, or a port is lost.
    pub async fn run(self, connections: Connections) -> Result<ExitCode, FleetError> {
        let mut signals = Signals::install().map_err(FleetError::Signals)?;
        let name = self.name.as_ref().map_or(CLUSTER_ID, FleetName::as_str);
        let cluster_id = ClusterId::new(name)?;

        // All ports or none; and the ports before the store, which may be slow or not there.
        let mut open = Vec::new();
        if let Some(doubt) = self.group_calls.doubt(&self.backend) {
            tracing::warn!("{doubt}");
        }
        let serves_groups = self.group_calls.are_answered(&self.backend);
        for plan in &self.gateways {
            let groups = serves_groups.then(|| Arc::new(LateGroups::default()));
            open.push(Doors::open(plan, connections, cluster_id.clone(), groups).await?);
        }
        let mut listeners = Listeners::default();
        let mut waiting = Vec::new();
        for doors in open {
            let (kafka, rpc) = (doors.kafka.local_addr(), doors.rpc.local_addr());
            tracing::info!(
                "{} listens on {kafka}, and for gateways on {rpc}",
                doors.me.addr
            );
            if let Some(doubt) = reach::doubt(&self.backend, &doors.me, kafka, rpc) {
                tracing::warn!("{}: {doubt}", doors.me.addr);
            }
            listeners.serve(doors.me.addr.clone(), doors.kafka, doors.rpc);
            waiting.push((doors.me, doors.late, doors.groups, doors.ready));
        }

        let timing = self.timing.timing();
        let opening = Backend::open(
            self.backend.clone(),
            &self.etcd,
            self.name.as_ref(),
            &timing,
        );
        let backend = tokio::select! {
            backend = opening => backend?,
            stop = signals.next() => {
                tracing::info!("{}: stopping before the store is open", stop.name);
                return Ok(ExitCode::SUCCESS);
            }
        };
        let mut registries = Vec::new();
        let mut watched = Vec::new();
        let group_store = self.group_calls.store(backend.groups.clone());
        for (me, late, groups, ready) in waiting {
            if let (Some(groups), Some(store)) = (groups, &group_store) {
                let clock = Arc::new(PauseClock::system());
                groups.start(Groups::new(
                    Arc::clone(store),
                    clock,
                    GroupConfig::default(),
                ));
            }
            let registry = Registry::start(me, self.config(), parts(&backend))?;
            late.start(registry.clone());
            watched.push((registry.clone(), ready));
            registries.push(registry);
        }
        let mut watch = JoinSet::new();
        watch.spawn(Watch::new(backend, watched).run());

        let ended = tokio::select! {
            stop = signals.next() => Ok(stop),
            lost = listeners.lost() => Err(lost.into()),
            failed = first_failed(&registries) => Err(FleetError::Failed(failed)),
        };
        // Health checks hear that it stops before anything else does.
        watch.shutdown().await;
        let stop = match ended {
            Ok(stop) => stop,
            Err(error) => {
                hand_over(&registries, self.drain).await;
                return Err(error);
            }
        };
        self.announce_stop(stop);
        let stopped = async {
            hand_over(&registries, self.drain).await;
            listeners.close().await;
        };
        tokio::select! {
            biased;
            again = signals.next() => {
                tracing::warn!("{} again: exiting at once", again.name);
                Ok(ExitCode::from(again.code))
            }
            () = stopped => {
                tracing::info!("stopped");
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn config(&self) -> Config {
        Config {
            placement: self.placement,
            load_cap: self.load_cap.map(LoadCap::percent_over),
            timing: self.timing.timing(),
            ..Config::default()
        }
    }

    fn announce_stop(&self, stop: Stop) {
        let what = if self.drain {
            "moving this gateway's groups to the others"
        } else {
            "every group keeps its coordinator for the next start"
        };
        tracing::info!(
            "{}: stopping, {what}; press Ctrl-C again to exit at once",
            stop.name
        );
    }
}

fn parts(backend: &Backend) -> Parts {
    Parts {
        locks: Arc::clone(&backend.locks),
        lock_key: backend.lock_key.clone(),
        store: Arc::clone(&backend.store),
        peers: Arc::new(GrpcPeers::new(RpcTimeouts::default())),
        clock: Arc::new(PauseClock::system()),
    }
}

/// As much of [`HAND_OVER`] as those may take that tell a leader of this process: it is there, and one commit
/// is all it takes, but its store may be away.
const TELL_OWN_LEADER: Duration = Duration::from_millis(1_200);

/// Whoever leads stops last: the others have to tell it that they leave, and keep their groups. What
/// it does not hear would count as a crash, and the next start would wait for their leases.
async fn hand_over(registries: &[Registry], drain: bool) {
    let begun = Instant::now();
    let (last, first): (Vec<&Registry>, Vec<&Registry>) =
        registries.iter().partition(|registry| registry.is_leader());
    let limit = if last.is_empty() {
        HAND_OVER
    } else {
        TELL_OWN_LEADER
    };
    stop_all(&first, drain, limit).await;
    stop_all(&last, drain, HAND_OVER.saturating_sub(begun.elapsed())).await;
}

async fn stop_all(registries: &[&Registry], drain: bool, limit: Duration) {
    let stops = registries.iter().map(|registry| async move {
        if let Err(error) = registry.stop(drain, limit).await {
            let addr = &registry.me().addr;
            tracing::warn!("{addr} stops without a farewell, as after a crash: {error}");
        }
    });
    join_all(stops).await;
}
