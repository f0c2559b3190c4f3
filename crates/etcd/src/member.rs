use std::sync::{Arc, Mutex, PoisonError};

use groupkeeper_types::RpcAddr;
use tokio::sync::OnceCell;
use tonic::transport::Channel;

/// One member of etcd, and the connection to it.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its place in the list of members.
    pub(crate) place: usize,
    pub(crate) address: RpcAddr,
    link: Mutex<Arc<OnceCell<Link>>>,
}

/// A connection whose other end has said which cluster it is of.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) channel: Channel,
    pub(crate) cluster: u64,
}

impl Member {
    pub(crate) fn new(place: usize, address: RpcAddr) -> Self {
        Self {
            place,
            address,
            link: Mutex::default(),
        }
    }

    /// Where the connection is, or is to be: whoever comes first makes it, and the others wait for that.
    pub(crate) fn link(&self) -> Arc<OnceCell<Link>> {
        Arc::clone(&self.state())
    }

    /// Does without this connection from now on: it broke, or is silent, and would stay so for minutes.
    /// Calls on it go on.
    pub(crate) fn drop_link(&self, link: &Arc<OnceCell<Link>>) {
        let mut state = self.state();
        if Arc::ptr_eq(&state, link) {
            *state = Arc::default();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Arc<OnceCell<Link>>> {
        // Each change is one assignment, so a panic elsewhere leaves it usable.
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
