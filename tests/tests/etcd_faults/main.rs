//! What a real etcd can say and do that is no answer: each is told with its cause and its cure, and over when
//! that is.

#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod clusters;
mod leader;
mod limits;
mod logins;
mod outages;
mod ports;
mod readable;

use groupkeeper_assignment_store::{AssignmentStore as _, ReadError};
use groupkeeper_etcd::Etcd;

/// What is said of the record while it can't be read.
async fn said(etcd: &Etcd) -> String {
    match etcd.record().await {
        Err(why @ (ReadError::Unavailable { .. } | ReadError::Unsupported { .. })) => {
            why.to_string()
        }
        other => panic!("it was read: {other:?}"),
    }
}
