use std::time::Duration;

/// How much a server takes on at once, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RpcLimits {
    /// Connections at once; more wait in the system's queue until one closes. A leader has one for
    /// each gateway of its fleet.
    pub connections: usize,
    /// Calls at once on one connection; more wait at the caller. A gateway asks the leader for all
    /// its unknown groups over one. Times [`MAX_REQUEST_BYTES`](crate::MAX_REQUEST_BYTES), it is the
    /// most memory that one connection's requests take.
    pub calls_per_connection: u32,
    /// The longest a call may take, whatever its caller says.
    pub call: Duration,
    /// How often a connection is tried, in use or idle.
    pub keepalive: Duration,
    /// How long the answer to such a trial may take before the connection is closed.
    pub keepalive_answer: Duration,
    /// The longest a connection may send nothing at all, before it has said a first word too. Keep
    /// it above `keepalive`, whose answers count.
    pub silence: Duration,
    /// The longest that calls may go on once the server is told to stop; then they are cut off.
    pub stop: Duration,
}

impl Default for RpcLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            calls_per_connection: 256,
            call: Duration::from_secs(30),
            keepalive: Duration::from_secs(5),
            keepalive_answer: Duration::from_secs(5),
            silence: Duration::from_secs(15),
            stop: Duration::from_secs(1),
        }
    }
}
