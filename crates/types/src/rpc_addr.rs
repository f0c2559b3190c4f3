crate::host_port::host_port! {
    /// Where a gateway answers other gateways over gRPC, `host:port`. Clones share the text.
    RpcAddr
}
