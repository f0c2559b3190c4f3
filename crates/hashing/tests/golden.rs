//! The reference's numbers, computed with Go's `hash/fnv`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use groupkeeper_hashing::{
    Candidates, Modulo, Placement, fnv1a32, modulo_index, node_id, node_id_from_hash,
};
use groupkeeper_types::{GatewayAddr, GroupName};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    key: String,
    fnv32a: u32,
    #[serde(rename = "NodeID")]
    node_id: i32,
    index: BTreeMap<String, usize>,
}

fn rows() -> Vec<Row> {
    let golden: Golden =
        serde_json::from_str(include_str!("golden-hashes.json")).expect("the table");
    assert_eq!(golden.rows.len(), 9);
    golden.rows
}

#[test]
fn hashes_are_the_references() {
    for row in rows() {
        assert_eq!(fnv1a32(row.key.as_bytes()), row.fnv32a, "{:?}", row.key);
    }
}

#[test]
fn node_ids_are_the_references() {
    let mut addresses = 0;
    for row in rows() {
        assert_eq!(
            node_id_from_hash(row.fnv32a).get(),
            row.node_id,
            "{:?}",
            row.key
        );
        if let Ok(addr) = GatewayAddr::new(&row.key) {
            addresses += 1;
            assert_eq!(node_id(&addr).get(), row.node_id, "{addr}");
        }
    }
    assert_eq!(addresses, 3);
}

#[test]
fn indices_are_the_references() {
    for row in rows() {
        assert!(row.index.len() >= 7);
        for (len, &index) in &row.index {
            let len: NonZeroUsize = len.parse().unwrap();
            assert_eq!(
                modulo_index(&row.key, len),
                index,
                "{:?} among {len}",
                row.key
            );
            let Ok(group) = GroupName::new(&row.key) else {
                continue;
            };
            // Zero-padded, so that they are sorted as they are counted.
            let addr = |at| GatewayAddr::new(&format!("gateway-{at:04}:9092")).unwrap();
            let among = Candidates::equal((0..len.get()).map(addr));
            let placed = Modulo.place(&group, &among).map(|c| &c.addr);
            assert_eq!(placed, Some(&addr(index)), "{group} among {len}");
        }
    }
}
