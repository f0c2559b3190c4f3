crate::host_port::host_port! {
    /// A gateway's advertised Kafka address, `host:port`. Clones share the text.
    /// The canonical text is what node IDs are hashed from.
    GatewayAddr
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_host_and_port() {
        let addr = GatewayAddr::new("[::1]:9092").unwrap();
        assert_eq!((addr.host(), addr.port()), ("::1", 9092));
        let addr = GatewayAddr::new("gw:1").unwrap();
        assert_eq!((addr.host(), addr.port()), ("gw", 1));
    }
}
