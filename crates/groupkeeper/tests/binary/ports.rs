use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports that nothing else takes: the system gives out those from 32,768 on by itself.
const FIRST: u16 = 20_000;
const LAST: u16 = 22_000;

/// The first of `count` Kafka ports that are free, with their RPC ports.
pub(crate) fn free(count: u16) -> u16 {
    // Tests of one process count on; those of two processes begin at different places.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let spread = u16::try_from(std::process::id() % 97).expect("below 97") * 20;
    for _ in 0..500 {
        let offset = NEXT
            .fetch_add(count, Ordering::Relaxed)
            .wrapping_add(spread);
        let first = FIRST + offset % (LAST - FIRST - count);
        let all = (first..first + count).flat_map(|port| [port, port + 10_000]);
        // Held together, so that none of them is taken twice.
        let held: Result<Vec<_>, _> = all
            .map(|port| TcpListener::bind(("127.0.0.1", port)))
            .collect();
        if held.is_ok() {
            return first;
        }
    }
    panic!("no {count} free ports in a row from {FIRST} to {LAST}");
}
