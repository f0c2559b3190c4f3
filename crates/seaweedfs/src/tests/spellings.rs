//! What earlier versions and the reference wrote before addresses had one spelling.

use groupkeeper_assignment_store::{Admission, AssignmentStore, Expected, GatewayRecord};
use md5::{Digest, Md5};

use super::*;
use crate::Fleet;
use crate::layout::{Layout, Place};
use crate::proto::filer_pb::{Entry, FuseAttributes};

fn addr(text: &str) -> GatewayAddr {
    GatewayAddr::new(text).unwrap()
}

/// Puts a file there as a filer has it.
fn put(filer: &FakeFiler, directory: &str, name: &str, content: String) {
    let entry = Entry {
        name: name.to_owned(),
        attributes: Some(FuseAttributes {
            file_size: content.len() as u64,
            md5: Md5::digest(&content).to_vec(),
            ..FuseAttributes::default()
        }),
        content: content.into_bytes(),
        ..Entry::default()
    };
    filer.with(|state| {
        state
            .files
            .insert((directory.to_owned(), entry.name.clone()), entry)
    });
}

fn gateway(incarnation: u64) -> Admission {
    let gateway = GatewayRecord {
        addr: addr("localhost:9092"),
        incarnation: Incarnation::new(incarnation),
        rpc: RpcAddr::new("localhost:19092").unwrap(),
    };
    Admission {
        gateway,
        admitted: Stamp::ZERO,
    }
}

#[tokio::test]
async fn a_fleet_of_another_spelling_is_read_fenced_and_taken_over() {
    let filer = FakeFiler::start().await;
    let layout = Layout::new(&Fleet::Default);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let old = text(record(1).encode()).replace("127.0.0.1:9093", "LOCALHOST.:9092");
    let Place { directory, name } = &layout.record;
    put(&filer, directory, name, old);
    let old = text(gateway(1).encode()).replace("localhost", "LOCALHOST");
    put(&filer, &layout.gateways, "LOCALHOST:9092.json", old);
    let json = r#"{"ConsumerGroup":"g","CoordinatorAddr":"LocalHost:9092"}"#;
    let file = "g_assignments.json";
    put(&filer, &layout.coordinators, file, json.to_owned());
    let json = json
        .replace("LocalHost", "10.0.0.300")
        .replace("\"g\"", "\"h\"");
    put(&filer, &layout.coordinators, "h_assignments.json", json);

    let (store, _master) = connect(&[&filer]).await;
    let stands = store.record().await.unwrap().unwrap();
    assert_eq!(stands.leader, addr("localhost:9092"));
    let found = store.load(&group("g")).await.unwrap().unwrap();
    assert_eq!(found.coordinator, addr("localhost:9092"));
    let impossible = store.load(&group("h")).await.unwrap().unwrap();
    assert_eq!(impossible.coordinator.as_str(), "10.0.0.300:9092");
    let stored = store.gateways().await.unwrap();
    assert_eq!(
        (stored.records.as_slice(), stored.unreadable.len()),
        (&[gateway(1)][..], 0)
    );

    // The compare-and-swap finds the bytes as they stand.
    store.verify(&stands).await.unwrap();
    let first = record(2);
    store
        .begin(&Expected::Matches(stands), &first)
        .await
        .unwrap();

    // The gateway comes back in its canonical spelling: there is one of it.
    let change = |current: &LeaderRecord, change| {
        let next = LeaderRecord {
            revision: current.revision.next(),
            nonce: Nonce::random(),
            ..current.clone()
        };
        Commit::new(current.clone(), next, vec![change]).unwrap()
    };
    let admits = change(&first, Change::Admit(gateway(2)));
    store.commit(&admits).await.unwrap();
    assert_eq!(store.gateways().await.unwrap().records, [gateway(2)]);
    // It goes, and what is left of the earlier version goes when its turn comes.
    let mut current = admits.next().clone();
    for left in [1, 0] {
        let stored = store.gateways().await.unwrap().records;
        let dismisses = change(&current, Change::Dismiss(stored[0].addr().clone()));
        store.commit(&dismisses).await.unwrap();
        assert_eq!(store.gateways().await.unwrap().records.len(), left);
        current = dismisses.next().clone();
    }
}
