use super::Fixture;
use super::leader::{Contents, Leader, contents, group, record};
use super::runner::cases;
use crate::WriteError;

cases!("empty": has_nothing_to_read, takes_no_commit, confirms_no_record);

async fn has_nothing_to_read(fixture: Fixture) {
    let store = &fixture.store;
    assert_eq!(contents(store).await, Contents::default());
    // A store that looks for a file by its name must not trip over one that means a directory.
    for name in ["g", ".", "..", "/", "a/b", "\0"] {
        assert_eq!(store.load(&group(name)).await, Ok(None), "{name:?}");
    }
}

async fn takes_no_commit(fixture: Fixture) {
    let store = &fixture.store;
    let nobody = Leader {
        store: store.clone(),
        record: record(1, 0),
    };
    let commit = nobody.prepare(vec![nobody.assign("g", 1)]);
    assert_eq!(
        store.commit(&commit).await,
        Err(WriteError::Stale { found: None })
    );
    assert_eq!(contents(store).await, Contents::default());
}

async fn confirms_no_record(fixture: Fixture) {
    let verified = fixture.store.verify(&record(1, 0)).await;
    assert_eq!(verified, Err(WriteError::Stale { found: None }));
    assert_eq!(contents(&fixture.store).await, Contents::default());
}
