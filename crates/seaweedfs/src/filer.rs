use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use groupkeeper_assignment_store::LeaderRecord;
use tokio::time::Instant;
use tonic::transport::{Channel, Endpoint};

use crate::connection::{Connection, Connector, Newest};
use crate::proto::filer_pb::seaweed_filer_client::SeaweedFilerClient;
use crate::{SeaweedConfig, ServerAddress};

/// SeaweedFS's servers close a connection that pings more often than every 20 s.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(25);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(5);
/// The most one message may have: what SeaweedFS's own servers take.
const MAX_MESSAGE: usize = 1 << 30;
const SHORTEST_TROUBLE: Duration = Duration::from_millis(200);
const LONGEST_TROUBLE: Duration = Duration::from_secs(10);

/// One filer: the connection to it, and how it did lately.
#[derive(Debug)]
pub(crate) struct Filer {
    pub(crate) address: ServerAddress,
    connect_timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    channel: Option<(Channel, Newest)>,
    /// Failures without a success between them.
    failures: u32,
    /// Until when others are asked first.
    troubled_until: Option<Instant>,
    /// The newest stamp of the leader record that was read here, and over which connection: behind
    /// the next one may be a filer that died and came back with less.
    seen: Option<(Connection, Arc<LeaderRecord>)>,
}

impl Filer {
    pub(crate) fn new(address: ServerAddress, config: &SeaweedConfig) -> Self {
        Self {
            address,
            connect_timeout: config.connect_timeout,
            state: Mutex::default(),
        }
    }

    /// A client on the shared connection, which is made when it is first used.
    pub(crate) fn client(&self) -> Result<SeaweedFilerClient<Channel>, tonic::transport::Error> {
        let mut state = self.state();
        let channel = match &state.channel {
            Some((channel, _)) => channel.clone(),
            None => {
                let port = endpoint(&self.address, self.connect_timeout)?;
                let made = (port.connect_lazy(), port.newest);
                state.channel.insert(made).0.clone()
            }
        };
        Ok(SeaweedFilerClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE))
    }

    /// It answered.
    pub(crate) fn succeeded(&self) {
        let mut state = self.state();
        state.failures = 0;
        state.troubled_until = None;
    }

    /// It gave no usable answer: for a while others are asked first.
    pub(crate) fn failed(&self) {
        let mut state = self.state();
        let trouble = SHORTEST_TROUBLE.saturating_mul(1 << state.failures.min(10));
        state.failures = state.failures.saturating_add(1);
        state.troubled_until = Some(Instant::now() + trouble.min(LONGEST_TROUBLE));
        // It may come back with another past.
        state.seen = None;
    }

    /// It gave no answer in time. The connection may be dead without anyone having said so, and
    /// would stay that way for minutes: the next call makes a fresh one.
    pub(crate) fn timed_out(&self) {
        self.failed();
        self.state().channel = None;
    }

    /// Until when others are asked first; `None` while all is well.
    pub(crate) fn troubled_until(&self) -> Option<Instant> {
        self.state()
            .troubled_until
            .filter(|until| *until > Instant::now())
    }

    /// The connection that calls go over; `None` when there is none yet.
    pub(crate) fn connection(&self) -> Option<Connection> {
        self.state().connection()
    }

    /// The newest leader record that was read over this connection.
    pub(crate) fn seen_over(&self, connection: Connection) -> Option<Arc<LeaderRecord>> {
        let state = self.state();
        let (over, seen) = state.seen.as_ref()?;
        (*over == connection).then(|| Arc::clone(seen))
    }

    /// Takes note of a record that was read. `before` is the connection when it was asked for: where
    /// there is another one now, it is not known which of them the answer came over.
    pub(crate) fn saw(&self, record: &LeaderRecord, before: Option<Connection>) {
        let mut state = self.state();
        if let Some(connection) = before
            && state.connection() == before
        {
            state.seen = Some((connection, Arc::new(record.clone())));
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Each change of the state is whole, so a panic elsewhere leaves it usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn connection(&self) -> Option<Connection> {
        self.channel.as_ref().and_then(|(_, newest)| newest.get())
    }
}

/// How to connect to a master's or filer's gRPC port.
pub(crate) fn endpoint(
    address: &ServerAddress,
    connect_timeout: Duration,
) -> Result<Port, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(address.grpc_uri())?
        .connect_timeout(connect_timeout)
        .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true);
    let newest = Newest::default();
    Ok(Port {
        connector: Connector::new(connect_timeout, newest.clone()),
        endpoint,
        newest,
    })
}

/// A gRPC port that can be connected to.
pub(crate) struct Port {
    endpoint: Endpoint,
    connector: Connector,
    newest: Newest,
}

impl Port {
    /// Connects with the first call, and again when the connection is found broken.
    pub(crate) fn connect_lazy(&self) -> Channel {
        let connector = self.connector.clone();
        self.endpoint.connect_with_connector_lazy(connector)
    }
}
