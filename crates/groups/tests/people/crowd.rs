//! Ten thousand groups whose gateway ended, at the next one.

use std::net::Ipv4Addr;
use std::sync::Arc;

use groupkeeper_groups::{
    Call, FixedLease, GroupBody, GroupCoordinator as _, GroupStore as _, Heartbeat, MemberRecord,
    MemoryGroupStore, Profile, Save, StoredPhase,
};
use groupkeeper_types::{Epoch, GroupName, Nonce, Revision, Stamp};

use crate::people::Place;

const GROUPS: usize = 10_000;

fn body() -> GroupBody {
    let profile = Profile {
        instance: None,
        client_id: "client".to_owned(),
        client_host: "/127.0.0.1".to_owned(),
        session_ms: 10_000,
        rebalance_ms: 60_000,
        protocols: vec![("range".to_owned(), Vec::new().into())],
    };
    let member = MemberRecord {
        member_id: "member".to_owned(),
        profile,
        assignment: Vec::new().into(),
    };
    GroupBody {
        phase: StoredPhase::Stable,
        generation: 7,
        protocol_type: "consumer".to_owned(),
        protocol: "range".to_owned(),
        leader: "member".to_owned(),
        members: vec![member],
        ..GroupBody::default()
    }
}

#[tokio::test(start_paused = true)]
async fn none_is_evicted_and_none_is_written() {
    let store = MemoryGroupStore::new();
    let token = Stamp::new(Epoch::new(1), Revision::new(1));
    let names = (0..GROUPS).map(|number| GroupName::new(&format!("group-{number}")).unwrap());
    let names: Vec<_> = names.collect();
    for name in &names {
        let save = Save::new(None, name.clone(), token, Nonce::new(1), body());
        store.save(&save.unwrap()).await.unwrap();
    }
    let place = Place::new(&store, 2);
    let beat = Heartbeat {
        generation: 7,
        member_id: "member",
        group_instance_id: None,
    };
    let leases: Vec<_> = names
        .iter()
        .map(|name| FixedLease::new(name.clone(), 2))
        .collect();
    for round in 0..3 {
        for lease in &leases {
            let call = Call {
                lease: Arc::clone(lease) as _,
                client_id: Some("client"),
                client_host: Ipv4Addr::LOCALHOST.into(),
            };
            let answer = place.groups.heartbeat(call, &beat).await;
            assert_eq!(answer, Ok(()), "round {round}");
        }
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    }
    for name in &names {
        let record = store.load(name).await.unwrap().unwrap();
        assert_eq!(record.head.token, token);
    }
    assert_eq!(place.groups.loaded(), GROUPS);
}
