use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

use groupkeeper_types::Nonce;

const FIRST: u16 = 12_000;
const COUNT: u16 = 10_000;

/// A port for HTTP whose port for gRPC, 10,000 above it, is free too.
///
/// Port 0 gives no such pairs. Both lie below the ports that systems give to outgoing connections,
/// so none is taken by chance between here and the server's start.
///
/// # Panics
/// When none of 10,000 is free.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test processes that run side by side begin in different places.
    let start = u16::try_from(Nonce::random().get() % u64::from(COUNT)).unwrap_or(0);
    let _ = NEXT.compare_exchange(0, start.max(1), Ordering::SeqCst, Ordering::SeqCst);
    for _ in 0..COUNT {
        let port = FIRST + NEXT.fetch_add(1, Ordering::SeqCst) % COUNT;
        let free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if free(port) && free(port + 10_000) {
            return port;
        }
    }
    panic!("no pair of free ports");
}

/// Loopback addresses with consecutive ports, for so many gateways of one fleet, each with its port
/// for gRPC free too.
///
/// # Panics
/// When no such row is free.
pub fn free_fleet(gateways: u16) -> Vec<String> {
    loop {
        let ports: Vec<u16> = (0..gateways).map(|_| free_port()).collect();
        if ports.windows(2).all(|pair| pair[0] + 1 == pair[1]) {
            return ports
                .iter()
                .map(|port| format!("127.0.0.1:{port}"))
                .collect();
        }
    }
}
