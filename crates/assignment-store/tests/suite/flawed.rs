use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use groupkeeper_assignment_store::{
    Assignment, AssignmentStore, Change, Commit, Expected, LeaderRecord, Listing,
    MemoryAssignmentStore, ReadError, StoredGateways, WriteError,
};
use groupkeeper_types::{Epoch, GroupName, Revision, Stamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    BeginTwiceIsRefused,
    BeginTellsNobody,
    CommitTwiceIsRefused,
    RefusedCommitMakesItsChanges,
    EmptyCommitIsSkipped,
    LostCommitIsConfirmed,
    VerifyComparesEpochs,
    VerifyLags,
    ListStopsAtAThousand,
    ListRepeatsPageEnds,
    NamesLoseCase,
    NamesAreTrimmed,
    NamesAreCut,
    StampsAreFloats,
    GatewaysUnsorted,
    DismissIsForgotten,
    CompareAndSwapHasAGap,
    ForgetsOnReopening,
    SetAsideIsForgotten,
    SetAsideTakesWhatCanBeRead,
    SetAsideHasNoLimit,
}

/// The memory store with one flaw.
#[derive(Debug, Clone)]
pub(crate) struct Flawed {
    store: MemoryAssignmentStore,
    flaw: Flaw,
    lagging: Arc<AtomicBool>,
}

impl Flawed {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self {
            store: MemoryAssignmentStore::new(),
            flaw,
            lagging: Arc::default(),
        }
    }

    pub(crate) fn spoil(&self, group: &GroupName) {
        self.store.corrupt(group);
    }

    fn name(&self, group: &GroupName) -> GroupName {
        let bent = match self.flaw {
            Flaw::NamesLoseCase => group.as_str().to_lowercase(),
            Flaw::NamesAreTrimmed => format!("x{}", group.as_str().trim_end()),
            Flaw::NamesAreCut => group.as_str().chars().take(255).collect(),
            _ => return group.clone(),
        };
        GroupName::new(&bent).unwrap()
    }

    fn change(&self, change: &Change) -> Change {
        match change.clone() {
            Change::Assign(mut assignment) => {
                assignment.group = self.name(&assignment.group);
                if self.flaw == Flaw::StampsAreFloats {
                    let cut = |n: u64| n & !1 | (n & 1 & u64::from(n < 1 << 53));
                    let Stamp { epoch, revision } = assignment.stamp;
                    assignment.stamp = stamp(cut(epoch.get()), cut(revision.get()));
                }
                Change::Assign(assignment)
            }
            Change::Unassign(group) => Change::Unassign(self.name(&group)),
            Change::SetAside(_) if self.flaw == Flaw::SetAsideIsForgotten => {
                Change::SetAside("another".to_owned())
            }
            Change::SetAside(name)
                if matches!(
                    self.flaw,
                    Flaw::SetAsideTakesWhatCanBeRead | Flaw::SetAsideHasNoLimit
                ) =>
            {
                Change::Unassign(GroupName::new(&name).unwrap())
            }
            other => other,
        }
    }

    fn bent(&self, commit: &Commit) -> Commit {
        let changes = commit
            .changes()
            .iter()
            .map(|change| self.change(change))
            .collect();
        Commit::new(commit.expected().clone(), commit.next().clone(), changes).unwrap()
    }
}

fn stamp(epoch: u64, revision: u64) -> Stamp {
    Stamp::new(Epoch::new(epoch), Revision::new(revision))
}

#[async_trait]
impl AssignmentStore for Flawed {
    async fn record(&self) -> Result<Option<LeaderRecord>, ReadError> {
        self.store.record().await
    }

    async fn load(&self, group: &GroupName) -> Result<Option<Assignment>, ReadError> {
        let found = self.store.load(&self.name(group)).await?;
        Ok(found.map(|found| Assignment {
            group: group.clone(),
            ..found
        }))
    }

    fn list(&self) -> Listing {
        match self.flaw {
            Flaw::ListStopsAtAThousand => self.store.list().take(1_000).boxed(),
            Flaw::ListRepeatsPageEnds => self
                .store
                .list()
                .enumerate()
                .flat_map(|(i, entry)| stream::iter(vec![entry; if i == 1_000 { 2 } else { 1 }]))
                .boxed(),
            _ => self.store.list(),
        }
    }

    async fn gateways(&self) -> Result<StoredGateways, ReadError> {
        let mut gateways = self.store.gateways().await?;
        if self.flaw == Flaw::GatewaysUnsorted {
            gateways.records.reverse();
        }
        Ok(gateways)
    }

    async fn begin(&self, expected: &Expected, next: &LeaderRecord) -> Result<(), WriteError> {
        let found = self.store.record().await.unwrap();
        if self.flaw == Flaw::BeginTwiceIsRefused && !expected.holds(found.as_ref()) {
            return Err(WriteError::Stale {
                found: found.map(Box::new),
            });
        }
        if self.flaw == Flaw::CompareAndSwapHasAGap && expected.holds(found.as_ref()) {
            tokio::task::yield_now().await;
            self.store.restore_record(Some(next));
            return Ok(());
        }
        self.lagging.store(true, Ordering::SeqCst);
        self.store.begin(expected, next).await.map_err(|e| match e {
            WriteError::Stale { .. } if self.flaw == Flaw::BeginTellsNobody => {
                WriteError::Stale { found: None }
            }
            other => other,
        })
    }

    async fn commit(&self, commit: &Commit) -> Result<(), WriteError> {
        let found = self.store.record().await.unwrap();
        let stands = found.as_ref() == Some(commit.expected());
        match self.flaw {
            Flaw::CommitTwiceIsRefused if !stands => Err(WriteError::Stale { found: None }),
            Flaw::EmptyCommitIsSkipped if commit.changes().is_empty() => {
                self.store.verify(commit.expected()).await
            }
            Flaw::LostCommitIsConfirmed
                if found.as_ref().is_some_and(|found| {
                    found.epoch == commit.next().epoch && found.revision >= commit.next().revision
                }) =>
            {
                Ok(())
            }
            Flaw::RefusedCommitMakesItsChanges if !stands => {
                let Some(found) = found else {
                    return self.store.commit(commit).await;
                };
                let revision = found.revision.next();
                let next = LeaderRecord {
                    revision,
                    nonce: commit.next().nonce,
                    ..found.clone()
                };
                let forced = Commit::new(found.clone(), next, commit.changes().to_vec()).unwrap();
                self.store.commit(&forced).await.unwrap();
                self.store.restore_record(Some(&found));
                Err(WriteError::Stale { found: None })
            }
            Flaw::DismissIsForgotten => {
                let dismissed = |c: &Change| matches!(c, Change::Dismiss(_));
                let kept = commit
                    .changes()
                    .iter()
                    .filter(|c| !dismissed(c))
                    .cloned()
                    .collect();
                let (expected, next) = (commit.expected().clone(), commit.next().clone());
                self.store
                    .commit(&Commit::new(expected, next, kept).unwrap())
                    .await
            }
            _ => self.store.commit(&self.bent(commit)).await,
        }
    }

    async fn verify(&self, current: &LeaderRecord) -> Result<(), WriteError> {
        let found = self.store.record().await.unwrap();
        let same_epoch = found.is_some_and(|found| found.epoch == current.epoch);
        let lags = self.flaw == Flaw::VerifyLags && self.lagging.swap(false, Ordering::SeqCst);
        if lags || (self.flaw == Flaw::VerifyComparesEpochs && same_epoch) {
            return Ok(());
        }
        self.store.verify(current).await
    }
}
