use std::time::Duration;

use groupkeeper_types::Timing;

use crate::rule::settle_for;
use crate::{Fleet, ServerAddress};

/// How to reach a SeaweedFS, and which fleet's data to use there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeaweedConfig {
    /// All masters. Most of them must name one leader for the filers to be found, and for anything to
    /// be decided; where some are left out, nothing is.
    pub masters: Vec<ServerAddress>,
    /// The filers' group as the masters know it; most set-ups have none, which is the empty text.
    pub filer_group: String,
    /// Whose lock and files.
    pub fleet: Fleet,
    /// The most one read may take, over all filers, and each page of a listing.
    pub read_timeout: Duration,
    /// The most one write may take, over all filers; one more second for each MiB it writes.
    pub write_timeout: Duration,
    /// The most one call to the lock may take, over all filers.
    pub lock_timeout: Duration,
    /// The most a connection may take to be made.
    pub connect_timeout: Duration,
    /// S: how long a filer must have stood as the one that decides before anything is decided there. As
    /// [`settle_for`](Self::settle_for) says, or two gateways may decide at two filers.
    pub settle: Duration,
    /// How long a process must have heard listings of filers before it may go on deciding without masters, where
    /// all filers agree. One that was started while a cut hid some of them could decide beside those in the next
    /// cut.
    pub acquaintance: Duration,
    /// Entries asked for at once in a listing; 0 leaves the number to the filer.
    pub page_size: u32,
}

impl SeaweedConfig {
    /// The default fleet of the SeaweedFS that these masters manage, with default timeouts.
    pub fn new(masters: Vec<ServerAddress>) -> Self {
        Self {
            masters,
            filer_group: String::new(),
            fleet: Fleet::Default,
            read_timeout: Duration::from_secs(2),
            write_timeout: Duration::from_secs(2),
            lock_timeout: Duration::from_millis(400),
            connect_timeout: Duration::from_secs(1),
            settle: settle_for(&Timing::default()),
            acquaintance: Duration::from_secs(60),
            page_size: 1_000,
        }
    }

    /// The least [`settle`](Self::settle) for a fleet with these timings: longer than what any gateway may
    /// do on what it last heard of another filer. 6.6 s with the default ones.
    pub fn settle_for(timing: &Timing) -> Duration {
        settle_for(timing)
    }
}
