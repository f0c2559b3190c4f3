//! The messages of SeaweedFS's masters and filers, generated from `proto/`.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::missing_errors_doc,
    clippy::redundant_clone,
    unused_qualifications,
    reason = "generated code; the servers in it only serve tests"
)]

pub mod filer_pb;
pub mod master_pb;
