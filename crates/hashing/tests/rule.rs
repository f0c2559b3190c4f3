//! The rule `rendezvous/1`, pinned: a fleet whose gateways disagree about it has two answers.

use groupkeeper_hashing::{Candidate, Candidates, Placement, Rendezvous, Weight};
use groupkeeper_types::{GatewayAddr, GroupName};

const GATEWAYS: [(&str, u32); 6] = [
    ("gateway1:9092", 1),
    ("gateway2:9092", 1),
    ("gateway3:9092", 2),
    ("[::1]:9092", 3),
    ("10.0.0.7:9093", 4),
    ("127.0.0.1:9093", 1),
];

/// Computed by another program, with logarithms of 60 decimal digits.
const PLACED: [(&str, &str); 16] = [
    ("orders", "gateway1:9092"),
    ("my-group", "10.0.0.7:9093"),
    ("a", "127.0.0.1:9093"),
    ("connect-sink", "127.0.0.1:9093"),
    ("日本語", "10.0.0.7:9093"),
    ("group-0001", "gateway1:9092"),
    ("group-0002", "gateway3:9092"),
    ("group-0003", "gateway1:9092"),
    ("group-0004", "gateway3:9092"),
    ("group-0005", "gateway2:9092"),
    ("group-0006", "10.0.0.7:9093"),
    ("group-0007", "127.0.0.1:9093"),
    ("group-0008", "10.0.0.7:9093"),
    ("group-0009", "10.0.0.7:9093"),
    ("group-0010", "10.0.0.7:9093"),
    ("group-0011", "[::1]:9092"),
];

/// When this fails, the rule has changed and needs another version, not another table.
#[test]
fn a_rule_never_changes_under_its_name() {
    assert_eq!(Rendezvous.rule(), "rendezvous/1");
    let gateways = GATEWAYS.map(|(addr, weight)| Candidate {
        addr: GatewayAddr::new(addr).unwrap(),
        weight: Weight::new(weight).unwrap(),
    });
    let among = Candidates::new(gateways).unwrap();
    for (group, expected) in PLACED {
        let group = GroupName::new(group).unwrap();
        assert_eq!(
            Rendezvous.place(&group, &among).unwrap().addr.as_str(),
            expected,
            "{group}"
        );
    }
}
