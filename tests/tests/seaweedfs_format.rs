//! Which files stand where: what the reference writes is read, what it reads is written, and no
//! name leads anywhere else.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use futures_util::TryStreamExt;
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, Failovers, LeaderRecord, Listed,
    ReadError,
};
use groupkeeper_seaweedfs::SeaweedFs;
use groupkeeper_seaweedfs::proto::filer_pb::{Entry, FuseAttributes};
use groupkeeper_tests::WeedCluster;
use groupkeeper_types::{
    Epoch, GatewayAddr, GroupName, Incarnation, Nonce, Revision, RpcAddr, Stamp, WallTime,
};

const GO: &str = "/topics/kafka/.meta/coordinators";
const OURS: &str = "/topics/kafka/.meta/groupkeeper/groups";

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

fn assignment(name: &str) -> Assignment {
    Assignment {
        group: group(name),
        coordinator: GatewayAddr::new("127.0.0.1:9093").unwrap(),
        stamp: Stamp::new(Epoch::new(1), Revision::new(1)),
        assigned_at: WallTime::from_millis(1_795_381_689_945),
    }
}

fn record(epoch: u64) -> LeaderRecord {
    LeaderRecord {
        epoch: Epoch::new(epoch),
        revision: Revision::ZERO,
        leader: GatewayAddr::new("127.0.0.1:9093").unwrap(),
        incarnation: Incarnation::new(1),
        rpc: RpcAddr::new("127.0.0.1:7000").unwrap(),
        nonce: Nonce::random(),
        settled: Stamp::ZERO,
        failovers: Failovers::default(),
        leases: None,
        lineage: Default::default(),
        floor: Stamp::ZERO,
        other: Default::default(),
    }
}

/// Begins the fleet's first epoch and makes these changes.
async fn first_commit(store: &SeaweedFs, changes: Vec<Change>) {
    let first = record(1);
    store.begin(&Expected::DoesNotExist, &first).await.unwrap();
    let next = LeaderRecord {
        revision: Revision::new(1),
        nonce: Nonce::random(),
        ..first.clone()
    };
    store
        .commit(&Commit::new(first, next, changes).unwrap())
        .await
        .unwrap();
}

async fn list(store: &SeaweedFs) -> Vec<Listed> {
    store.list().try_collect().await.unwrap()
}

#[tokio::test]
async fn the_reference_reads_what_we_write() {
    let cluster = WeedCluster::start(1).await;
    let store = SeaweedFs::connect(cluster.config());
    first_commit(&store, vec![Change::Assign(assignment("a%2Fb ü"))]).await;
    let written = cluster
        .filer(0)
        .read(GO, "a%2Fb ü_assignments.json")
        .await
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "ConsumerGroup": "a%2Fb ü",
            "CoordinatorAddr": "127.0.0.1:9093",
            // What the reference computes of this address, as measured.
            "CoordinatorNodeID": 2_119_107_294,
            "AssignedAt": "2026-11-22T21:08:09.945Z",
            "LastHeartbeat": "2026-11-22T21:08:09.945Z",
            "GroupkeeperEpoch": 1,
            "GroupkeeperRevision": 1,
        })
    );
}

#[tokio::test]
async fn we_read_what_the_reference_writes() {
    let cluster = WeedCluster::start(1).await;
    let (store, filer) = (SeaweedFs::connect(cluster.config()), cluster.filer(0));
    let json = |group: &str, at: &str| {
        format!(
            r#"{{"ConsumerGroup":"{group}","CoordinatorAddr":"127.0.0.1:9093",
            "CoordinatorNodeID":7,"AssignedAt":"{at}","LastHeartbeat":"{at}"}}"#
        )
    };
    let expected = |name: &str| Assignment {
        stamp: Stamp::ZERO,
        ..assignment(name)
    };
    for (name, at) in [
        ("a", "2026-11-22T21:08:09.945818278Z"),
        ("b", "2026-11-22T23:08:09.945+02:00"),
    ] {
        filer
            .write(
                GO,
                &format!("{name}_assignments.json"),
                json(name, at).as_bytes(),
            )
            .await;
        assert_eq!(store.load(&group(name)).await, Ok(Some(expected(name))));
    }
    let listed = list(&store).await;
    assert_eq!(
        listed,
        ["a", "b"].map(|name| Listed::Assignment(expected(name)))
    );
}

#[tokio::test]
async fn what_can_t_be_read_is_not_nothing() {
    let cluster = WeedCluster::start(1).await;
    let (store, filer) = (SeaweedFs::connect(cluster.config()), cluster.filer(0));
    filer
        .write(GO, "torn_assignments.json", br#"{"ConsumerGroup":"to"#)
        .await;
    filer.write(GO, "empty_assignments.json", b"").await;
    let of_other = br#"{"ConsumerGroup":"other","CoordinatorAddr":"h:1"}"#;
    filer.write(GO, "mine_assignments.json", of_other).await;
    let no_address = br#"{"ConsumerGroup":"nowhere","CoordinatorAddr":"h"}"#;
    filer
        .write(GO, "nowhere_assignments.json", no_address)
        .await;
    let chunked = Entry {
        name: "chunked_assignments.json".to_owned(),
        attributes: Some(FuseAttributes {
            file_size: 9,
            ..FuseAttributes::default()
        }),
        ..Entry::default()
    };
    filer.create(GO, chunked).await.unwrap();
    filer
        .write(&format!("{GO}/directory_assignments.json"), "file", b"x")
        .await;
    // Not ours to read: neither is an assignment.
    filer.write(GO, "notes.txt", b"x").await;
    filer
        .write(&format!("{GO}/a"), "b_assignments.json", of_other)
        .await;

    for name in ["torn", "empty", "mine", "nowhere", "chunked", "directory"] {
        let path = format!("{GO}/{name}_assignments.json");
        let loaded = store.load(&group(name)).await;
        assert!(
            matches!(&loaded, Err(ReadError::Unreadable { what, .. }) if *what == path),
            "{name}: {loaded:?}"
        );
        let listed = list(&store).await;
        assert!(
            listed
                .iter()
                .any(|l| matches!(l, Listed::Unreadable { name, .. } if *name == path)),
            "{name}: {listed:?}"
        );
        assert_eq!(listed.len(), 6, "{listed:?}");
    }
    assert_eq!(store.load(&group("other")).await, Ok(None));
    filer
        .write("/topics/kafka/.meta/groupkeeper", "leader.json", b"{}")
        .await;
    assert!(matches!(
        store.record().await,
        Err(ReadError::Unreadable { .. })
    ));
    filer
        .write(
            "/topics/kafka/.meta/groupkeeper/gateways",
            "h:1.json",
            b"{}",
        )
        .await;
}

/// What a filer does with names, so that the rule for which of them keep the reference's file name
/// rests on what was seen.
#[tokio::test]
async fn a_filer_keeps_every_name_that_we_give_it() {
    let cluster = WeedCluster::start(1).await;
    let filer = cluster.filer(0);
    let store = SeaweedFs::connect(cluster.config());
    let mut names: Vec<String> = (0_u8..=127)
        .map(|c| format!("x{}y", char::from(c)))
        .collect();
    names.extend(
        [
            "..",
            ".",
            "...",
            " ",
            " a",
            "a ",
            "\\",
            "a\\b",
            "%2F",
            "%",
            "?",
            "*",
            "~",
            "\u{85}",
            "\u{a0}",
            "\u{200b}",
            "\u{feff}",
            "\u{2028}",
            "\u{e9}",
            "e\u{301}",
            "日本",
            "\u{10ffff}",
            "A",
            "a",
            "ß",
            "a/b",
            "/",
            "//",
            "../a",
            "a_assignments.json",
            "_assignments.json",
        ]
        .map(str::to_owned),
    );
    names.extend([238, 239, 255, 256, 1_000].map(|n| "n".repeat(n)));
    names.extend([119, 120, 128].map(|n| "é".repeat(n)));
    let changes = names
        .iter()
        .map(|name| Change::Assign(assignment(name)))
        .collect();
    first_commit(&store, changes).await;

    let in_go_s: Vec<String> = filer.names(GO).await;
    let in_ours = filer.names(OURS).await;
    let mut expected_in_ours = 0;
    for name in &names {
        assert_eq!(
            store.load(&group(name)).await,
            Ok(Some(assignment(name))),
            "{name:?}"
        );
        let file = format!("{name}_assignments.json");
        let odd = name.contains(['/', '\0']) || file.len() > 255;
        assert_eq!(in_go_s.contains(&file), !odd, "{name:?}");
        expected_in_ours += usize::from(odd);
    }
    assert_eq!(in_ours.len(), expected_in_ours);
    assert_eq!(in_go_s.len() + in_ours.len(), names.len());
    assert_eq!(list(&store).await.len(), names.len());
}

#[tokio::test]
async fn a_listing_goes_past_every_limit() {
    // The filer gives no more than 7 entries to who leaves the number to it.
    let cluster = WeedCluster::start_with(1, &["-dirListLimit=7"]).await;
    let mut config = cluster.config();
    config.page_size = 0;
    let (filer, store) = (cluster.filer(0), SeaweedFs::connect(config));
    first_commit(&store, Vec::new()).await;
    let names: Vec<String> = (0..50).map(|i| format!("same-prefix-{i:03}")).collect();
    for name in &names {
        let json = format!(r#"{{"ConsumerGroup":"{name}","CoordinatorAddr":"h:1"}}"#);
        filer
            .write(GO, &format!("{name}_assignments.json"), json.as_bytes())
            .await;
    }
    let mut given = 0;
    filer.page(GO, "", 0, |_| given += 1).await.unwrap();
    assert_eq!(given, 7);
    assert_eq!(group_names(&list(&store).await), names);
}

#[tokio::test]
async fn a_listing_in_small_pages_is_whole() {
    let cluster = WeedCluster::start(1).await;
    let mut config = cluster.config();
    config.page_size = 7;
    let store = SeaweedFs::connect(config);
    let mut expected: Vec<String> = (0..2_600).map(|i| format!("same-prefix-{i}")).collect();
    expected.extend((0..10).map(|i| format!("odd/{i}")));
    let mut current = record(1);
    store
        .begin(&Expected::DoesNotExist, &current)
        .await
        .unwrap();
    for names in expected.chunks(1_000) {
        let next = LeaderRecord {
            revision: current.revision.next(),
            nonce: Nonce::random(),
            ..current.clone()
        };
        let changes = names
            .iter()
            .map(|name| Change::Assign(assignment(name)))
            .collect();
        store
            .commit(&Commit::new(current, next.clone(), changes).unwrap())
            .await
            .unwrap();
        current = next;
    }
    let mut listed = group_names(&list(&store).await);
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

fn group_names(listed: &[Listed]) -> Vec<String> {
    let name = |entry: &Listed| match entry {
        Listed::Assignment(assignment) => assignment.group.as_str().to_owned(),
        Listed::Unreadable { name, why, .. } => panic!("{name}: {why}"),
    };
    listed.iter().map(name).collect()
}

#[tokio::test]
async fn a_commit_of_a_thousand_long_names_fits() {
    let cluster = WeedCluster::start(2).await;
    let store: Arc<SeaweedFs> = SeaweedFs::connect(cluster.config());
    let names: Vec<String> = (0..1_000)
        .map(|i| format!("{i:04}{}", "é/".repeat(1_000)))
        .collect();
    let changes = names
        .iter()
        .map(|name| Change::Assign(assignment(name)))
        .collect();
    first_commit(&store, changes).await;
    assert_eq!(list(&store).await.len(), names.len());
}
