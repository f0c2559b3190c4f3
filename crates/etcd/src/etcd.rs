use std::sync::Arc;

use crate::EtcdConfig;
use crate::shared::Shared;

/// The locks, assignments and groups of one fleet on an etcd: a `LockService`, an `AssignmentStore` and a
/// `GroupStore`. Clones share them, and the connections.
///
/// Nothing runs in the background: a lease lives as long as its lock is renewed. Dropped, a call is one whose answer was
/// lost. It must be used on a tokio runtime with time.
#[derive(Debug, Clone)]
pub struct Etcd {
    pub(crate) shared: Arc<Shared>,
}

impl Etcd {
    /// Opens nothing: connections are made by the first calls, and made again when they break. An etcd that does not answer
    /// yet is waited for by each call, within the call's own timeout.
    pub fn new(config: EtcdConfig) -> Self {
        Self {
            shared: Arc::new(Shared::new(config)),
        }
    }

    /// What the newest call failed with, and what to do about it, for people; `None` where it succeeded.
    pub fn trouble(&self) -> Option<String> {
        self.shared.trouble()
    }

    /// Writes a key as another program would, with no condition.
    ///
    /// # Errors
    /// When etcd does not say that it has.
    #[cfg(feature = "testing")]
    pub async fn write_raw(&self, key: &[u8], value: &[u8]) -> Result<(), String> {
        let write = crate::transaction::transaction(
            Vec::new(),
            vec![crate::transaction::put(key.to_vec(), value.to_vec(), 0)],
            key.to_vec(),
        );
        let written = self.shared.transact(&write).await;
        written.map(drop).map_err(|failure| failure.to_string())
    }

    /// Where this fleet's keys begin.
    pub fn prefix(&self) -> &str {
        self.shared.layout.prefix()
    }
}
