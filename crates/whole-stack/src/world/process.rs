use std::sync::{Arc, Weak};

use groupkeeper_election::testing::Faults;
use groupkeeper_registry::Registry;
use groupkeeper_registry::peer::LeaderService;
use groupkeeper_rpc::RpcService;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::parts::{Calls, Counted};
use crate::wire::Port;

/// One gateway's process: its registry and its gRPC server. Dropped, it ends as by `kill -9`: its
/// connections close, and nothing is said.
pub(crate) struct Process {
    pub(crate) pid: u64,
    pub(crate) registry: Registry,
    pub(crate) lock_faults: Faults,
    /// Whoever asks it from within its own process, as a Kafka listener does, ends with it.
    pub(crate) ended: CancellationToken,
    /// It is on its way out, or an operator has drained it.
    pub(crate) leaving: bool,
    pub(crate) stop_serving: CancellationToken,
    /// Its server has closed.
    pub(crate) closed: CancellationToken,
    service: Weak<dyn LeaderService>,
    _serving: JoinSet<()>,
}

/// What may be left of a process that has ended.
pub(crate) struct Remains {
    pub(crate) pid: u64,
    pub(crate) since: Instant,
    service: Weak<dyn LeaderService>,
}

impl Process {
    /// Serves a registry that has just started.
    pub(crate) fn new(
        pid: u64,
        registry: Registry,
        lock_faults: Faults,
        calls: Calls,
        port: Port,
    ) -> Self {
        let counted: Arc<dyn LeaderService> = Arc::new(Counted {
            registry: registry.clone(),
            calls,
        });
        let service = Arc::downgrade(&counted);
        let stop_serving = CancellationToken::new();
        let rpc = RpcService::new(counted, Arc::new(registry.clone()));
        let closed = CancellationToken::new();
        let (stop, close) = (stop_serving.clone(), closed.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let served = rpc.serve(port, stop.cancelled_owned()).await;
            served.expect("a server that no caller can bring down");
            close.cancel();
        });
        Self {
            pid,
            registry,
            lock_faults,
            ended: CancellationToken::new(),
            leaving: false,
            stop_serving,
            closed,
            service,
            _serving: serving,
        }
    }

    pub(crate) fn remains(&self) -> Remains {
        Remains {
            pid: self.pid,
            since: Instant::now(),
            service: Weak::clone(&self.service),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

impl Remains {
    pub(crate) fn are_there(&self) -> bool {
        self.service.strong_count() > 0
    }
}
