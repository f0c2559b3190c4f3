use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use groupkeeper_types::{Nonce, RpcAddr};

use crate::EtcdConfig;
use crate::attempts::Plan;
use crate::cluster::Cluster;
use crate::failure::{Failure, Kind};
use crate::layout::Layout;
use crate::limits::Limits;
use crate::login::LoggedIn;
use crate::member::Member;

/// What every call shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) layout: Layout,
    pub(crate) config: EtcdConfig,
    pub(crate) members: Vec<Arc<Member>>,
    /// The place of the member that answered last: it is asked first.
    pub(crate) preferred: AtomicUsize,
    pub(crate) cluster: Cluster,
    pub(crate) login: LoggedIn,
    pub(crate) limits: Limits,
    trouble: Mutex<Option<String>>,
    /// People have been told that etcd takes no writes.
    told: AtomicBool,
}

/// A transaction that is this much larger gets one more second.
const BYTES_A_SECOND: usize = 1 << 20;
/// How long one member is waited for before the next is asked too: far longer than a write takes, and
/// short enough that a member that has vanished is hardly noticed.
const STAGGER: Duration = Duration::from_millis(200);

impl Shared {
    pub(crate) fn new(config: EtcdConfig) -> Self {
        let count = config.members.len();
        let members = config.members.iter().cloned().enumerate();
        // Each process begins at another member, so that not all of a fleet ask one.
        let first = Nonce::random().get() % u64::try_from(count.max(1)).unwrap_or(1);
        Self {
            layout: Layout::new(&config.fleet),
            members: members
                .map(|(place, address)| Arc::new(Member::new(place, address)))
                .collect(),
            preferred: AtomicUsize::new(usize::try_from(first).unwrap_or(0)),
            cluster: Cluster::new(count),
            login: LoggedIn::new(config.login.clone()),
            limits: Limits::default(),
            trouble: Mutex::default(),
            told: AtomicBool::new(false),
            config,
        }
    }

    /// All members, that first which answered last.
    pub(crate) fn in_order(&self) -> Vec<Arc<Member>> {
        let preferred = self.preferred.load(Ordering::Relaxed);
        let mut members = self.members.clone();
        members.rotate_left(preferred.min(self.members.len()));
        members
    }

    pub(crate) fn addresses(&self) -> &[RpcAddr] {
        &self.config.members
    }

    pub(crate) fn read_plan(&self) -> Plan {
        plan(self.config.read_timeout)
    }

    pub(crate) fn write_plan(&self, bytes: usize) -> Plan {
        let more = u64::try_from(bytes / BYTES_A_SECOND).unwrap_or(0);
        plan(self.config.write_timeout + Duration::from_secs(more))
    }

    pub(crate) fn lock_plan(&self) -> Plan {
        plan(self.config.lock_timeout)
    }

    /// Takes note of how a call ended.
    pub(crate) fn ended<T>(&self, answer: &Result<T, Failure>) {
        let why = answer
            .as_ref()
            .err()
            .map(|failure| failure.why().to_owned());
        *self.troubled() = why;
    }

    /// Tells people when writes are refused until somebody does something about it, and when that is over: while
    /// reads go on, nobody else would notice.
    pub(crate) fn tell_of_writes<T>(&self, answer: &Result<T, Failure>) {
        match answer {
            Err(failure) if failure.kind == Kind::Cluster => {
                if !self.told.swap(true, Ordering::Relaxed) {
                    tracing::warn!("nothing is written: {failure}");
                }
            }
            Err(_) => {}
            Ok(_) => {
                if self.told.swap(false, Ordering::Relaxed) {
                    tracing::info!("etcd takes writes again");
                }
            }
        }
    }

    pub(crate) fn trouble(&self) -> Option<String> {
        self.troubled().clone()
    }

    fn troubled(&self) -> MutexGuard<'_, Option<String>> {
        // Each change is one assignment, so a panic elsewhere leaves it usable.
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn plan(timeout: Duration) -> Plan {
    Plan {
        timeout,
        stagger: STAGGER.min(timeout * 2 / 5),
    }
}
