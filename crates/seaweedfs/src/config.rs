use std::time::Duration;

use crate::{Fleet, ServerAddress};

/// How to reach a SeaweedFS, and which fleet's data to use there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeaweedConfig {
    /// The masters: any one of them that answers is enough to find the filers.
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
    /// How often the masters are asked for the filers; sooner after a filer failed.
    pub refresh_interval: Duration,
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
            refresh_interval: Duration::from_secs(5),
            page_size: 1_000,
        }
    }
}
