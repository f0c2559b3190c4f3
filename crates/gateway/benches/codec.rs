//! What one request costs between the bytes that came and the bytes that go.
//! `cargo bench -p groupkeeper-gateway`
#![allow(missing_docs, reason = "benchmarks")]

use std::sync::Arc;

use divan::{Bencher, black_box};
use groupkeeper_gateway::{Answer, Answering, Broker, Cluster, ClusterId, FixedCoordinators};
use groupkeeper_types::{GatewayAddr, NodeId};

const GROUP: &str = "consumers-00000001";

fn main() {
    divan::main();
}

fn answering(brokers: usize) -> Answering {
    let broker = |number: usize| {
        let addr = format!("gateway-{number:03}.kafka.internal:9092");
        let addr = GatewayAddr::new(&addr).expect("an address");
        let number = i32::try_from(number + 1).expect("a small number");
        let node_id = NodeId::new(number).expect("a node's ID");
        Arc::new(Broker::new(node_id, addr))
    };
    let brokers: Vec<_> = (0..brokers).map(broker).collect();
    let at = Arc::clone(brokers.first().expect("a broker"));
    let cluster = Cluster {
        cluster_id: ClusterId::new("bench").expect("an ID"),
        controller: None,
        brokers,
    };
    let coordinators = FixedCoordinators::new(cluster).known(GROUP, Answer::At(at));
    Answering::new(Arc::new(coordinators))
}

/// A frame without its length: a header of the old form, and what follows it.
fn frame(api: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let mut frame = [api.to_be_bytes(), version.to_be_bytes()].concat();
    frame.extend(7_i32.to_be_bytes());
    frame.extend(text("client"));
    frame.extend(body);
    frame
}

fn text(text: &str) -> Vec<u8> {
    let length = i16::try_from(text.len()).expect("a short text");
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

fn run(bencher: Bencher<'_, '_>, answering: &Answering, frame: &[u8]) {
    let mut out = Vec::with_capacity(64 << 10);
    assert!(answering.answer(frame, &mut out), "it is answered at once");
    bencher.bench_local(|| {
        out.clear();
        answering.answer(black_box(frame), &mut out)
    });
}

#[divan::bench]
fn find_coordinator(bencher: Bencher<'_, '_>) {
    let body = [text(GROUP), vec![0]].concat();
    run(bencher, &answering(3), &frame(10, 2, &body));
}

#[divan::bench(args = [3, 256])]
fn metadata(bencher: Bencher<'_, '_>, brokers: usize) {
    // No topics.
    run(
        bencher,
        &answering(brokers),
        &frame(3, 1, &0_i32.to_be_bytes()),
    );
}
