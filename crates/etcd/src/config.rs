use std::path::PathBuf;
use std::time::Duration;

use groupkeeper_types::RpcAddr;

/// How to reach an etcd, and which fleet's data to use there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EtcdConfig {
    /// The members' addresses for clients: all of them, or one that stands for all. Most of them, or half where the
    /// others give no answer, must say at the start which cluster they are of, so that two gateways can't begin on
    /// two clusters.
    pub members: Vec<RpcAddr>,
    /// Whose lock and keys. Any text names a fleet, and no two see each other; the empty one is that of
    /// gateways without a name for it.
    pub fleet: String,
    /// As whom; `None` where this etcd asks nobody.
    pub login: Option<Login>,
    /// The most one read may take, over all members, and each page of a listing.
    pub read_timeout: Duration,
    /// The most one transaction may take, over all members; one more second for each MiB that it
    /// writes. A commit may be several.
    pub write_timeout: Duration,
    /// The most one call to the lock may take, over all members.
    pub lock_timeout: Duration,
    /// The most a connection may take to be made.
    pub connect_timeout: Duration,
    /// Entries asked for at once in a listing, 1 and up; fewer where they are large.
    pub page_size: u32,
}

/// A user of etcd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Its name.
    pub user: String,
    /// A file with its password, without a line's end or with one. It is read at each login, so a new
    /// password needs no restart.
    pub password_file: PathBuf,
}

impl EtcdConfig {
    /// The fleet without a name on the etcd that has these members, with default timeouts.
    pub fn new(members: Vec<RpcAddr>) -> Self {
        Self {
            members,
            fleet: String::new(),
            login: None,
            read_timeout: Duration::from_secs(2),
            write_timeout: Duration::from_secs(2),
            lock_timeout: Duration::from_millis(400),
            connect_timeout: Duration::from_secs(1),
            page_size: 1_000,
        }
    }
}
