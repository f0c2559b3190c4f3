use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};

use crate::filer::Filer;
use crate::{SeaweedConfig, ServerAddress};

/// The filers that are known, and which of them to ask first.
#[derive(Debug)]
pub(crate) struct Filers {
    config: SeaweedConfig,
    known: watch::Sender<Arc<[Arc<Filer>]>>,
    /// The filer that decides on this fleet's record, or is to: it is asked first.
    owner: Mutex<Option<ServerAddress>>,
    /// Why none is known yet.
    trouble: Mutex<String>,
    refresh: Notify,
}

impl Filers {
    pub(crate) fn new(config: SeaweedConfig) -> Self {
        Self {
            config,
            known: watch::Sender::new(Arc::default()),
            owner: Mutex::default(),
            trouble: Mutex::new("the masters have not been asked yet".to_owned()),
            refresh: Notify::new(),
        }
    }

    /// The filers in the order to ask them: the owner first, then the others by address, and those
    /// that failed lately last. Waits for the masters' first answer, at most until the deadline.
    pub(crate) async fn candidates(&self, deadline: Instant) -> Result<Vec<Arc<Filer>>, String> {
        let mut known = self.known.subscribe();
        let found = match timeout_at(deadline, known.wait_for(|list| !list.is_empty())).await {
            Ok(Ok(list)) => list.to_vec(),
            _ => return Err(format!("no filer is known: {}", *lock(&self.trouble))),
        };
        Ok(self.in_order(found))
    }

    fn in_order(&self, mut filers: Vec<Arc<Filer>>) -> Vec<Arc<Filer>> {
        let owner = lock(&self.owner).clone();
        filers.sort_by_cached_key(|filer| {
            (
                filer.troubled_until(),
                owner.as_ref() != Some(&filer.address),
                filer.address.clone(),
            )
        });
        filers
    }

    pub(crate) fn all(&self) -> Arc<[Arc<Filer>]> {
        self.known.borrow().clone()
    }

    /// The filer at an address: a known one, or one that another filer named.
    pub(crate) fn at(&self, address: &ServerAddress) -> Arc<Filer> {
        let known = self.all();
        let found = known.iter().find(|filer| filer.address == *address);
        found
            .cloned()
            .unwrap_or_else(|| Arc::new(Filer::new(address.clone(), &self.config)))
    }

    /// The list to publish next, with all that is known about filers that stay. An empty list is no
    /// news: a master that has just started knows no filer yet.
    pub(crate) fn updated(&self, mut addresses: Vec<ServerAddress>) -> Arc<[Arc<Filer>]> {
        let known = self.all();
        if addresses.is_empty() {
            return known;
        }
        addresses.sort();
        addresses.dedup();
        let next = addresses.into_iter().map(|address| {
            let kept = known.iter().find(|filer| same(&filer.address, &address));
            kept.cloned()
                .unwrap_or_else(|| Arc::new(Filer::new(address, &self.config)))
        });
        next.collect()
    }

    /// Takes over a list that [`updated`](Self::updated) made.
    pub(crate) fn publish(&self, next: Arc<[Arc<Filer>]>) {
        self.known.send_if_modified(|known| {
            let changed = known.len() != next.len()
                || known
                    .iter()
                    .zip(next.iter())
                    .any(|(a, b)| !same(&a.address, &b.address));
            if changed {
                let names: Vec<String> = next.iter().map(|f| f.address.to_string()).collect();
                tracing::info!(filers = names.join(", "), "the filers have changed");
                *known = next;
            }
            changed
        });
    }

    /// Why the masters gave no list.
    pub(crate) fn not_found(&self, why: String) {
        *lock(&self.trouble) = why;
    }

    pub(crate) fn owner(&self) -> Option<ServerAddress> {
        lock(&self.owner).clone()
    }

    pub(crate) fn set_owner(&self, owner: ServerAddress) {
        *lock(&self.owner) = Some(owner);
    }

    /// Asks for the masters to be asked soon.
    pub(crate) fn refresh_soon(&self) {
        self.refresh.notify_one();
    }

    pub(crate) async fn refresh_wanted(&self) {
        self.refresh.notified().await;
    }

    pub(crate) const fn config(&self) -> &SeaweedConfig {
        &self.config
    }
}

/// A filer whose gRPC port has changed needs another connection.
fn same(a: &ServerAddress, b: &ServerAddress) -> bool {
    a == b && a.grpc_port() == b.grpc_port()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<ServerAddress> {
        texts
            .iter()
            .map(|text| ServerAddress::new(text).unwrap())
            .collect()
    }

    async fn order(filers: &Filers) -> Vec<String> {
        let found = filers.candidates(Instant::now()).await.unwrap();
        found
            .iter()
            .map(|filer| filer.address.to_string())
            .collect()
    }

    #[tokio::test]
    async fn the_owner_is_asked_first_and_a_filer_in_trouble_last() {
        let filers = Filers::new(SeaweedConfig::new(Vec::new()));
        filers.publish(filers.updated(addresses(&["c:1", "a:1", "b:1", "a:1.10001"])));
        assert_eq!(order(&filers).await, ["a:1", "b:1", "c:1"]);
        filers.set_owner(ServerAddress::new("b:1").unwrap());
        assert_eq!(order(&filers).await, ["b:1", "a:1", "c:1"]);
        filers.at(&ServerAddress::new("b:1").unwrap()).failed();
        assert_eq!(order(&filers).await, ["a:1", "c:1", "b:1"]);
        filers.at(&ServerAddress::new("b:1").unwrap()).succeeded();
        assert_eq!(order(&filers).await, ["b:1", "a:1", "c:1"]);
    }

    #[tokio::test]
    async fn an_empty_list_is_no_news_and_a_filer_that_stays_keeps_its_state() {
        let filers = Filers::new(SeaweedConfig::new(Vec::new()));
        let none = filers.candidates(Instant::now()).await.unwrap_err();
        assert!(none.contains("have not been asked"), "{none}");
        filers.publish(filers.updated(addresses(&["a:1", "b:1"])));
        filers.at(&ServerAddress::new("a:1").unwrap()).failed();
        filers.publish(filers.updated(Vec::new()));
        filers.publish(filers.updated(addresses(&["a:1.10001", "c:1"])));
        assert_eq!(order(&filers).await, ["c:1", "a:1"]);
        filers.publish(filers.updated(addresses(&["a:1.7", "c:1"])));
        assert_eq!(order(&filers).await, ["a:1.7", "c:1"]);
    }
}
