use bytes::Bytes;

use super::Fixture;
use super::owner::{Owner, load, name, offset};
use super::runner::cases;
use crate::record::{GroupBody, MemberRecord, Phase, Profile};
use crate::store::Save;

cases!("values":
    what_was_never_written_is_absent,
    every_byte_comes_back,
    the_last_write_counts,
    names_are_told_apart,
);

async fn what_was_never_written_is_absent(fixture: Fixture) {
    assert_eq!(load(&*fixture.store, &name("group")).await, None);
    assert_eq!(fixture.store.list(None, 10).await, Ok(Vec::new()));
}

async fn every_byte_comes_back(fixture: Fixture) {
    let bytes: Vec<u8> = (0..=255).collect();
    let profile = Profile {
        instance: Some("desk\u{0}\u{1f600}".to_owned()),
        client_id: "client".to_owned(),
        client_host: "/::1".to_owned(),
        session_ms: 10_000,
        rebalance_ms: 300_000,
        protocols: vec![
            ("range".to_owned(), bytes.clone().into()),
            (String::new(), Bytes::new()),
        ],
    };
    let member = MemberRecord {
        member_id: "client-1".to_owned(),
        profile,
        assignment: bytes.into(),
    };
    let body = GroupBody {
        phase: Phase::Stable,
        generation: i32::MAX,
        protocol_type: "consumer".to_owned(),
        protocol: "range".to_owned(),
        leader: "client-1".to_owned(),
        members: vec![member],
        ..super::owner::at(i64::MAX)
    };
    let plain = Owner::new("group", 1).prepare(0);
    let head = plain.next().head;
    let save = Save::new(None, name("group"), head.token, head.nonce, body);
    let save = save.expect("nothing stands");
    fixture.store.save(&save).await.expect("it is saved");
    let loaded = load(&*fixture.store, &name("group")).await;
    assert_eq!(loaded.as_ref(), Some(save.next()));
}

async fn the_last_write_counts(fixture: Fixture) {
    let store = &*fixture.store;
    let mut owner = Owner::new("group", 1);
    for offset in 1..=20 {
        owner.save(store, offset).await.expect("it is saved");
        assert_eq!(super::owner::offset(store, "group").await, Some(offset));
    }
}

async fn names_are_told_apart(fixture: Fixture) {
    let long = "x".repeat(32_767);
    let longer_by_end = format!("{}y", "x".repeat(32_766));
    let names = [
        "a",
        "A",
        "a/b",
        "a/../b",
        "..",
        ".",
        "a\0",
        "a\n",
        " a",
        "é",
        "e\u{301}",
        "%2f",
        "a\\b",
        &long,
        &longer_by_end,
    ];
    for (place, group) in (1..).zip(names) {
        let saved = Owner::new(group, 1).save(&*fixture.store, place).await;
        assert_eq!(saved, Ok(()), "{group:?}");
    }
    for (place, group) in (1..).zip(names) {
        assert_eq!(
            offset(&*fixture.store, group).await,
            Some(place),
            "{group:?}"
        );
    }
}
