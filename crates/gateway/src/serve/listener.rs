use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::bind_error::BindError;
use super::closed::Closed;
use super::connection::Connection;
use super::log_budget::LogBudget;
use super::responder::Responder;
use crate::{Coordinators, GroupCoordinator, Limits};

/// After a failed accept the listener pauses, twice as long each time: most failures are a lack of
/// file descriptors, which does not pass by asking again at once.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Answers Kafka clients on one TCP port.
#[derive(Debug)]
pub struct KafkaListener {
    listener: TcpListener,
    addr: SocketAddr,
    responder: Responder,
}

impl KafkaListener {
    /// Starts to listen. Connections wait until [`serve`](Self::serve) runs. Port 0 takes any free
    /// port.
    ///
    /// # Errors
    /// When the system refuses: the port is taken, say ([`BindError::kind`]).
    pub async fn bind(
        addr: SocketAddr,
        limits: Limits,
        coordinators: Arc<dyn Coordinators>,
    ) -> Result<Self, BindError> {
        let failed = |source| BindError { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let responder = Responder::new(coordinators, limits);
        Ok(Self {
            listener,
            addr,
            responder,
        })
    }

    /// Passes group calls on to `groups`, each of them while this gateway owns its group. Without it
    /// they are answered NOT_COORDINATOR (16) where another gateway does, and
    /// COORDINATOR_NOT_AVAILABLE (15) otherwise.
    #[must_use]
    pub fn with_groups(mut self, groups: Arc<dyn GroupCoordinator>) -> Self {
        self.responder.groups = Some(groups);
        self
    }

    /// Where it listens, with the real port.
    pub const fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves clients until `shutdown` is done. Then it stops listening at once, lets answers under
    /// way go out for as long as the grace allows, and returns when every connection is closed.
    ///
    /// Dropped, it closes everything at once.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) {
        let mut server = Server::new(Arc::new(self.responder));
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accept_at = server.accept_at;
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = server.connections.join_next() => server.ended(ended),
                accepted = accept(&self.listener, accept_at) => server.accepted(accepted),
            }
        }
        drop(self.listener);
        server.stop().await;
    }
}

/// The connections of a listener that serves.
#[derive(Debug)]
struct Server {
    responder: Arc<Responder>,
    large: Arc<Semaphore>,
    stop: CancellationToken,
    connections: JoinSet<Closed>,
    accept_at: Instant,
    pause: Duration,
    offences: LogBudget,
    refused: LogBudget,
    failures: LogBudget,
}

impl Server {
    fn new(responder: Arc<Responder>) -> Self {
        let large = Arc::new(Semaphore::new(
            responder.limits.large_frames_bytes.div_ceil(1024),
        ));
        Self {
            responder,
            large,
            stop: CancellationToken::new(),
            connections: JoinSet::new(),
            accept_at: Instant::now(),
            pause: FIRST_PAUSE,
            offences: LogBudget::new(100),
            refused: LogBudget::new(1),
            failures: LogBudget::new(1),
        }
    }

    fn accepted(&mut self, accepted: io::Result<(TcpStream, SocketAddr)>) {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => return self.accept_failed(&error),
        };
        self.pause = FIRST_PAUSE;
        let most = self.responder.limits.connections;
        if self.connections.len() >= most {
            if let Some(held_back) = self.refused.take() {
                tracing::warn!(%peer, most, held_back, "refused a Kafka client: too many connections");
            }
            return;
        }
        // Without it a small answer can wait for the client's acknowledgement of the last one.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "a Kafka client was gone at once");
            return;
        }
        let (responder, large) = (self.responder.clone(), self.large.clone());
        let connection = Connection {
            stream,
            peer: peer.ip(),
            responder,
            large,
            stop: self.stop.child_token(),
        };
        self.connections.spawn(async move {
            Closed {
                peer,
                why: connection.run().await,
            }
        });
    }

    fn accept_failed(&mut self, error: &io::Error) {
        // One client that was gone before it was accepted says nothing about the next one.
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
        ) {
            return;
        }
        if let Some(held_back) = self.failures.take() {
            let (pause, open) = (self.pause, self.connections.len());
            tracing::error!(
                %error, open, ?pause, held_back,
                "can't accept Kafka clients; where file descriptors ran out, raise `ulimit -n`"
            );
        }
        self.accept_at = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    fn ended(&mut self, ended: Result<Closed, JoinError>) {
        let Closed { peer, why } = match ended {
            Ok(closed) => closed,
            Err(error) if error.is_cancelled() => return,
            Err(error) => {
                tracing::error!(%error, "a Kafka connection failed: this is a defect");
                return;
            }
        };
        if !why.is_offence() {
            tracing::debug!(%peer, %why, "closed a Kafka connection");
            return;
        }
        if let Some(held_back) = self.offences.take() {
            let api_key = why.refusal().and_then(|refusal| refusal.api_key());
            let version = why.refusal().and_then(|refusal| refusal.version());
            tracing::warn!(%peer, api_key, version, %why, held_back, "closed a Kafka connection");
        }
    }

    async fn stop(&mut self) {
        self.stop.cancel();
        let grace = self.responder.limits.grace;
        let drained = timeout(grace, async {
            while let Some(ended) = self.connections.join_next().await {
                self.ended(ended);
            }
        });
        if drained.await.is_err() {
            let cut = self.connections.len();
            tracing::warn!(
                cut,
                ?grace,
                "closed Kafka connections that did not end within the grace"
            );
        }
        self.connections.shutdown().await;
    }
}

/// The next client, after the pause where there is one. Dropped, it loses no client.
async fn accept(listener: &TcpListener, at: Instant) -> io::Result<(TcpStream, SocketAddr)> {
    if at > Instant::now() {
        sleep_until(at).await;
    }
    listener.accept().await
}
