use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// The listener can't listen.
#[derive(Debug, Error)]
#[error("can't listen for Kafka clients on {addr}: {}", cure(.source))]
pub struct BindError {
    /// Where it should have listened.
    pub addr: SocketAddr,
    /// What the system said.
    pub source: io::Error,
}

impl BindError {
    /// What kind of failure it is: `AddrInUse` when something else listens there.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

fn cure(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is taken: stop what listens there, or choose another".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there: choose a port from 1024 on".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: choose one of its own, or 0.0.0.0 for all".to_owned()
        }
        _ => error.to_string(),
    }
}
