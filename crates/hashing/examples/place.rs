//! How long one placement takes: `cargo run --release -p groupkeeper-hashing --example place`.
#![allow(clippy::print_stdout, reason = "a program for people to read")]

use std::hint::black_box;

use groupkeeper_hashing::{Candidate, Candidates, Placement, Strategy, Weight};
use groupkeeper_types::{BootClock, Clock, GatewayAddr, GroupName};

const GROUPS: u32 = 2_000;

fn main() {
    println!(
        "{:>11} {:>10} {:>16} {:>14}",
        "strategy", "candidates", "weights", "per placement"
    );
    for count in [10, 1_000, 10_000] {
        measure(Strategy::Modulo, count, "all equal", |_| 1);
        measure(Strategy::Rendezvous, count, "all equal", |_| 1);
        measure(Strategy::Rendezvous, count, "1 to 8", |at| at % 8 + 1);
        measure(Strategy::Rendezvous, count, "all different", |at| at + 1);
    }
}

fn measure(strategy: Strategy, count: u32, weights: &str, weight: fn(u32) -> u32) {
    let candidate = |at| Candidate {
        addr: GatewayAddr::new(&format!("gateway-{at:05}.example:9092")).expect("an address"),
        weight: Weight::new(weight(at)).expect("not zero"),
    };
    let among = Candidates::new((0..count).map(candidate)).expect("each once");
    let groups: Vec<GroupName> = (0..GROUPS)
        .map(|at| GroupName::new(&format!("consumer-group-{at}")).expect("a name"))
        .collect();
    let run = || {
        let before = BootClock.now();
        for group in &groups {
            black_box(strategy.place(black_box(group), black_box(&among)));
        }
        BootClock.now().since(before) / GROUPS
    };
    // The best of five: what the machine does when nothing else is in the way.
    let best = (0..5).map(|_| run()).min().unwrap_or_default();
    println!("{strategy:>11} {count:>10} {weights:>16} {best:>14?}");
}
