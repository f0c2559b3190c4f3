//! What placing a group costs. `cargo bench -p groupkeeper-hashing`
#![allow(missing_docs, reason = "benchmarks")]

use divan::{Bencher, black_box};
use groupkeeper_hashing::{Candidates, Placement as _, Strategy, fnv1a32, node_id};
use groupkeeper_types::{GatewayAddr, GroupName};

fn main() {
    divan::main();
}

fn addr(number: usize) -> GatewayAddr {
    GatewayAddr::new(&format!("gateway-{number:03}.kafka.internal:9092")).expect("an address")
}

fn group() -> GroupName {
    GroupName::new("consumers-00000001").expect("a name")
}

#[divan::bench]
fn fnv() -> u32 {
    fnv1a32(black_box(b"gateway-001.kafka.internal:9092"))
}

#[divan::bench]
fn node(bencher: Bencher<'_, '_>) {
    let addr = addr(1);
    bencher.bench(|| node_id(black_box(&addr)));
}

#[divan::bench(args = [3, 16, 256])]
fn rendezvous(bencher: Bencher<'_, '_>, gateways: usize) {
    place(bencher, "rendezvous", gateways);
}

#[divan::bench(args = [3, 16, 256])]
fn modulo(bencher: Bencher<'_, '_>, gateways: usize) {
    place(bencher, "modulo", gateways);
}

fn place(bencher: Bencher<'_, '_>, strategy: &str, gateways: usize) {
    let strategy: Strategy = strategy.parse().expect("a strategy");
    let among = Candidates::equal((0..gateways).map(addr));
    let group = group();
    bencher.bench(|| {
        let chosen = strategy.place(black_box(&group), black_box(&among));
        chosen.map(|chosen| chosen.weight)
    });
}
