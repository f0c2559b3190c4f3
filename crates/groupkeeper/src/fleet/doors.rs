use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::GatewayRecord;
use groupkeeper_gateway::{
    BindError, ClusterId, InvalidLimit, KafkaListener, LimitSettings, Limits,
};
use groupkeeper_rpc::{BindError as RpcBindError, RpcLimits, RpcServer};
use groupkeeper_types::{Incarnation, InvalidHostPort};
use thiserror::Error;
use tokio::sync::watch;

use crate::late_groups::LateGroups;
use crate::late_registry::LateRegistry;
use crate::listen_addr::ListenAddr;
use crate::open_files::Connections;
use crate::plan::{GatewayPlan, PlanError};

/// Why a gateway's ports did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A host's name means nothing here.
    #[error(
        "the address of {addr} is not known: {source}; give {flag} a name or an address of this \
         machine"
    )]
    Resolve {
        /// Which flag gave it.
        flag: &'static str,
        /// What was given.
        addr: ListenAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The addresses can't work together.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// What would be advertised is no address.
    #[error(transparent)]
    Address(#[from] InvalidHostPort),
    /// The Kafka port.
    #[error("{0}; --listen HOST:PORT changes it")]
    Kafka(#[from] BindError),
    /// The RPC port.
    #[error("{0}; --rpc HOST:PORT changes it, and so does --listen where --rpc is not given")]
    Rpc(#[from] RpcBindError),
    /// A limit that the listener does not take: a mistake of this program.
    #[error(transparent)]
    Limit(#[from] InvalidLimit),
}

/// The open ports of one gateway. Whoever connects waits until they are served.
#[derive(Debug)]
pub(super) struct Doors {
    pub(super) kafka: KafkaListener,
    pub(super) rpc: RpcServer,
    pub(super) late: Arc<LateRegistry>,
    /// Who serves groups, where somebody does.
    pub(super) groups: Option<Arc<LateGroups>>,
    pub(super) me: GatewayRecord,
    /// What health checks are told.
    pub(super) ready: watch::Sender<bool>,
}

impl Doors {
    /// How long answers under way may take once the gateway stops.
    const GRACE: Duration = Duration::from_millis(300);

    pub(super) async fn open(
        plan: &GatewayPlan,
        connections: Connections,
        cluster_id: ClusterId,
        groups: Option<Arc<LateGroups>>,
    ) -> Result<Self, OpenError> {
        let kafka_at = resolve("--listen", &plan.kafka).await?;
        // A name can stand for the wildcard, too.
        if kafka_at.ip().is_unspecified() && plan.advertise.is_none() {
            let listen = plan.kafka.clone();
            return Err(PlanError::Wildcard { listen }.into());
        }
        let rpc_at = resolve("--rpc", &plan.rpc).await?;

        let late = Arc::new(LateRegistry::new(cluster_id));
        let limits = Limits::new(LimitSettings {
            connections: connections.kafka,
            grace: Self::GRACE,
            ..LimitSettings::default()
        })?;
        let mut kafka = KafkaListener::bind(kafka_at, limits, late.clone()).await?;
        if let Some(groups) = &groups {
            kafka = kafka.with_groups(groups.clone());
        }
        let (ready, is_ready) = watch::channel(false);
        let rpc = RpcServer::bind(rpc_at, late.clone(), late.clone())?
            .with_readiness(is_ready)
            .with_limits(RpcLimits {
                connections: connections.rpc,
                stop: Self::GRACE,
                ..RpcLimits::default()
            });
        let (addr, rpc_addr) =
            plan.advertised(kafka.local_addr().port(), rpc.local_addr().port())?;
        let me = GatewayRecord {
            addr,
            incarnation: Incarnation::random(),
            rpc: rpc_addr,
        };
        late.introduce(me.clone());
        Ok(Self {
            kafka,
            rpc,
            late,
            groups,
            me,
            ready,
        })
    }
}

async fn resolve(flag: &'static str, addr: &ListenAddr) -> Result<SocketAddr, OpenError> {
    let failed = |source| OpenError::Resolve {
        flag,
        addr: addr.clone(),
        source,
    };
    addr.resolve().await.map_err(failed)
}
