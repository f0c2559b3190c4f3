use groupkeeper_types::{Incarnation, Nonce};

use super::Fixture;
use super::leader::{Leader, contents, record};
use super::runner::cases;
use crate::{LeaderRecord, WriteError};

cases!("verify":
    confirms_the_record_that_stands,
    refuses_every_other,
    follows_the_chain,
);

async fn confirms_the_record_that_stands(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    leader.commit(vec![leader.assign("g", 1)]).await;
    let before = contents(&fixture.store).await;
    for _ in 0..3 {
        assert_eq!(fixture.store.verify(&leader.record).await, Ok(()));
    }
    assert_eq!(
        contents(&fixture.store).await,
        before,
        "a verification changed something"
    );
}

async fn refuses_every_other(fixture: Fixture) {
    let leader = Leader::first(&fixture.store).await;
    let standing = &leader.record;
    let others = [
        record(1, 0),
        record(2, 0),
        LeaderRecord {
            nonce: Nonce::random(),
            ..standing.clone()
        },
        LeaderRecord {
            epoch: standing.epoch.next(7),
            ..standing.clone()
        },
        LeaderRecord {
            revision: standing.revision.next(),
            ..standing.clone()
        },
        LeaderRecord {
            incarnation: Incarnation::new(77),
            ..standing.clone()
        },
        LeaderRecord {
            leader: super::leader::addr(77),
            ..standing.clone()
        },
        leader.prepare(Vec::new()).next().clone(),
    ];
    for other in others {
        match fixture.store.verify(&other).await {
            Err(WriteError::Stale { found: None }) => {}
            Err(WriteError::Stale { found: Some(found) }) => assert_eq!(*found, *standing),
            answer => panic!("not refused: {other:?}: {answer:?}"),
        }
    }
    assert_eq!(fixture.store.record().await, Ok(Some(standing.clone())));
}

async fn follows_the_chain(fixture: Fixture) {
    let store = &fixture.store;
    let mut leader = Leader::first(store).await;
    for _ in 0..5 {
        let older = leader.record.clone();
        leader.commit(vec![leader.assign("g", 1)]).await;
        assert_eq!(store.verify(&leader.record).await, Ok(()));
        assert!(matches!(
            store.verify(&older).await,
            Err(WriteError::Stale { .. })
        ));
    }
    let next = leader.deposed_at(store).await;
    assert!(matches!(
        store.verify(&leader.record).await,
        Err(WriteError::Stale { .. })
    ));
    assert_eq!(store.verify(&next.record).await, Ok(()));
}
