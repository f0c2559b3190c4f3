//! The messages of etcd, generated from `proto/`.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::missing_errors_doc,
    clippy::redundant_clone,
    unused_qualifications,
    reason = "generated code"
)]

mod etcdserverpb;

pub use etcdserverpb::*;
