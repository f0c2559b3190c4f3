use std::time::Duration;

/// How long one gateway waits for another. Every call's time includes connecting where there is no
/// connection yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RpcTimeouts {
    /// For opening a connection. Keep it below the calls' own, so that a gateway that is gone is
    /// told from one that is slow.
    pub connect: Duration,
    /// For a heartbeat and its answer.
    pub heartbeat: Duration,
    /// For a decision about a group without a coordinator: one commit.
    pub assign: Duration,
    /// For moving a group on demand: the old coordinator's lease may have to run out first.
    pub reassign: Duration,
    /// For moving all groups of a gateway that leaves.
    pub leave: Duration,
    /// For moving all groups of a gateway that lives on: its lease may have to run out first.
    pub drain: Duration,
    /// For telling that a leader has resigned.
    pub resigned: Duration,
    /// How often a connection is tried, in use or idle. Without this a connection whose packets
    /// got lost is never given up, and the gateway stays cut off after the network has healed.
    pub keepalive: Duration,
    /// How long the answer to such a trial may take before the connection is closed and, with the
    /// next call, made anew.
    pub keepalive_answer: Duration,
}

impl Default for RpcTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(300),
            heartbeat: Duration::from_millis(400),
            assign: Duration::from_millis(1_500),
            reassign: Duration::from_secs(8),
            leave: Duration::from_secs(5),
            drain: Duration::from_secs(8),
            resigned: Duration::from_millis(400),
            keepalive: Duration::from_millis(500),
            keepalive_answer: Duration::from_millis(500),
        }
    }
}
