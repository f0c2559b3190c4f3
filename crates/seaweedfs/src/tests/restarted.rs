//! A filer that was killed and came back, with nothing asked of it meanwhile.

use futures_util::StreamExt;
use groupkeeper_assignment_store::{AssignmentStore, Expected, ReadError};
use tonic::Status;

use super::fake_port::FakePort;
use super::*;
use crate::ring;

/// A filer that decides and one that is read, behind a port of its own, both with the assignment of
/// the group `g`; and one that has the first record only.
struct Fixture {
    store: Arc<SeaweedFs>,
    decides: FakeFiler,
    read: FakeFiler,
    older: FakeFiler,
    port: FakePort,
    _master: FakeMaster,
}

impl Fixture {
    async fn start() -> Self {
        let (decides, read) = (FakeFiler::start().await, FakeFiler::start().await);
        let older = FakeFiler::start().await;
        // The first decides, whatever port the other one is given.
        let port = loop {
            let port = FakePort::start(&read).await;
            let names = [&decides.address, &port.address].map(ToString::to_string);
            let owner = ring::owner(names.iter().map(String::as_str), "kafka-gateway-leader");
            if owner == Some(&names[0]) {
                break port;
            }
        };
        for filer in [&decides, &read, &older] {
            filer.with(|state| state.decider = decides.address.to_string());
        }
        for filer in [&read, &older] {
            // So that every write goes to the one that decides.
            filer.with(|state| state.is_old = true);
        }
        let (store, master) = connect_at([&decides.address, &port.address].into_iter()).await;
        let first = record(1);
        store.begin(&Expected::DoesNotExist, &first).await.unwrap();
        older.copy(&decides);
        store.commit(&commit(&first, "g")).await.unwrap();
        read.copy(&decides);
        decides.with(|state| state.reads_fail = Some(Status::unavailable("dead")));
        Self {
            store,
            decides,
            read,
            older,
            port,
            _master: master,
        }
    }

    async fn has_g(&self) -> Result<bool, ReadError> {
        let found = self.store.load(&group("g")).await?;
        Ok(found.is_some())
    }
}

fn lags(error: &ReadError) -> bool {
    matches!(error, ReadError::Unavailable { why } if why.contains("has not heard of"))
}

#[tokio::test]
async fn with_older_data_is_not_read_until_it_has_caught_up() {
    let it = Fixture::start().await;
    assert_eq!(it.has_g().await, Ok(true));
    it.port.replace(&it.older).await;
    let found = it.has_g().await;
    assert!(found.as_ref().is_err_and(lags), "{found:?}");

    it.port.replace(&it.read).await;
    assert_eq!(it.has_g().await, Ok(true));
    it.port.replace(&it.older).await;
    let listed: Vec<_> = it.store.list().collect().await;
    assert!(
        matches!(&listed[..], [Err(error)] if lags(error)),
        "{listed:?}"
    );

    it.port.replace(&it.read).await;
    assert_eq!(it.has_g().await, Ok(true));
    it.port.replace(&it.older).await;
    let gateways = it.store.gateways().await;
    assert!(gateways.as_ref().is_err_and(lags), "{gateways:?}");
    assert!(it.store.record().await.is_err_and(|error| lags(&error)));
    it.older.copy(&it.decides);
    assert_eq!(it.has_g().await, Ok(true));
}

#[tokio::test]
async fn with_all_its_data_is_read_as_before() {
    let it = Fixture::start().await;
    assert_eq!(it.has_g().await, Ok(true));
    let same = FakeFiler::start().await;
    same.copy(&it.read);
    it.port.replace(&same).await;
    assert_eq!(it.has_g().await, Ok(true));
    // From then on a read is one look-up.
    let before = same.with(|state| state.lookups);
    for _ in 0..10 {
        assert_eq!(it.has_g().await, Ok(true));
    }
    assert_eq!(same.with(|state| state.lookups) - before, 10);
}
