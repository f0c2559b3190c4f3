use super::Fixture;
use super::leader::{Contents, Leader, contents, gateway, group};
use super::runner::cases;
use crate::{Change, WriteError};

cases!("reopened":
    nothing_is_still_nothing,
    has_everything_that_was_confirmed,
    goes_on_with_the_chain,
);

async fn nothing_is_still_nothing(mut fixture: Fixture) {
    if fixture.reopened().await {
        assert_eq!(contents(&fixture.store).await, Contents::default());
    }
}

async fn has_everything_that_was_confirmed(mut fixture: Fixture) {
    for round in 0..3 {
        let mut leader = match fixture
            .store
            .record()
            .await
            .expect("the record can be read")
        {
            None => Leader::first(&fixture.store).await,
            Some(record) => Leader {
                store: fixture.store.clone(),
                record,
            },
        };
        let names = (0..200)
            .map(|i| format!("{round}/{i}\0"))
            .collect::<Vec<_>>();
        leader
            .commit(
                names
                    .iter()
                    .map(|name| leader.assign(name, round))
                    .collect(),
            )
            .await;
        leader
            .commit(vec![
                Change::Unassign(group(&names[7])),
                Change::Admit(gateway("stays:1", round)),
                Change::Admit(gateway("goes:1", round)),
                Change::Dismiss(gateway("goes:1", round).addr().clone()),
            ])
            .await;
        let before = contents(&fixture.store).await;
        drop(leader);
        if !fixture.reopened().await {
            return;
        }
        assert_eq!(contents(&fixture.store).await, before);
    }
}

async fn goes_on_with_the_chain(mut fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let deposed = leader.prepare(vec![leader.assign("g", 1)]);
    let landed = leader.commit(vec![leader.assign("g", 2)]).await;
    let record = leader.record.clone();
    drop(leader);
    if !fixture.reopened().await {
        return;
    }
    let store = &fixture.store;
    assert_eq!(store.verify(&record).await, Ok(()));
    assert_eq!(
        store.commit(&landed).await,
        Ok(()),
        "its answer may have been lost"
    );
    assert!(matches!(
        store.commit(&deposed).await,
        Err(WriteError::Stale { .. })
    ));
    let mut leader = Leader {
        store: store.clone(),
        record,
    };
    leader.commit(vec![leader.assign("g", 3)]).await;
    assert_eq!(contents(store).await.record, Some(leader.record));
}
