use std::any::Any;
use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use groupkeeper_types::GroupName;

use crate::store::{GroupStore, MemoryGroupStore};

type Spoiler = Box<dyn Fn(GroupName) -> BoxFuture<'static, ()> + Send + Sync>;
type Opener = Box<dyn Fn() -> BoxFuture<'static, Arc<dyn GroupStore>> + Send + Sync>;

/// An empty store for one case, and what else the builder can offer.
pub struct Fixture {
    pub(super) store: Arc<dyn GroupStore>,
    reopen: Option<Opener>,
    pub(super) second: Option<Opener>,
    spoil: Option<Spoiler>,
    kept: Vec<Box<dyn Any + Send + Sync>>,
}

impl Fixture {
    /// Nothing but an empty store.
    pub fn new(store: impl GroupStore) -> Self {
        Self {
            store: Arc::new(store),
            reopen: None,
            second: None,
            spoil: None,
            kept: Vec::new(),
        }
    }

    /// Keeps something, a temporary directory say, until the case is over.
    #[must_use]
    pub fn keeping(mut self, thing: impl Any + Send + Sync) -> Self {
        self.kept.push(Box::new(thing));
        self
    }

    /// How to open the same data again, as after a restart: what was confirmed must be there. The last
    /// handle on it was dropped before.
    #[must_use]
    pub fn reopened_by<F, R>(mut self, open: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Arc<dyn GroupStore>> + Send + 'static,
    {
        self.reopen = Some(Box::new(move || open().boxed()));
        self
    }

    /// How to get a second handle on the same data, as another process would: of writers on both, one
    /// wins.
    #[must_use]
    pub fn second_by<F, R>(mut self, open: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Arc<dyn GroupStore>> + Send + 'static,
    {
        self.second = Some(Box::new(move || open().boxed()));
        self
    }

    /// How to put something that nobody can read where a group's record stands, or would stand.
    #[must_use]
    pub fn spoiled_by<F, R>(mut self, spoil: F) -> Self
    where
        F: Fn(GroupName) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.spoil = Some(Box::new(move |group| spoil(group).boxed()));
        self
    }

    /// Spoils a group's record; `false` where nobody said how.
    pub(super) async fn spoiled(&self, group: &GroupName) -> bool {
        let Some(spoil) = &self.spoil else {
            return false;
        };
        spoil(group.clone()).await;
        true
    }

    /// Closes the store and opens its data again; `false` where nobody said how.
    pub(super) async fn reopened(&mut self) -> bool {
        let Some(reopen) = &self.reopen else {
            return false;
        };
        // Something must stand in for it while its last handle is gone.
        self.store = Arc::new(MemoryGroupStore::new());
        self.store = reopen().await;
        true
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture")
            .field("store", &self.store)
            .field("reopens", &self.reopen.is_some())
            .field("second", &self.second.is_some())
            .field("spoils", &self.spoil.is_some())
            .finish_non_exhaustive()
    }
}
