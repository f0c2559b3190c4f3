//! The messages, clients and servers generated from `groupkeeper.proto`, as they are on the wire:
//! anything can be in them. `cargo xtask fix` generates them anew.

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    reason = "generated"
)]
mod groupkeeper_v1;

pub use groupkeeper_v1::*;

/// The encoded `FileDescriptorSet` of groupkeeper.v1, which server reflection hands out.
pub const DESCRIPTOR: &[u8] = include_bytes!("proto/descriptor.bin");
