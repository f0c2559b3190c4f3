//! Protobuf code, generated without a system `protoc`.
fn main() {}
