use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_registry::NotOwner;
use groupkeeper_types::GroupName;

use crate::{Answer, Broker, Cluster, Coordinators, FixedLease, Lease, Look};

/// Coordinators that say what a test told them to say. A group nobody named is found unknown (15) at
/// once.
#[derive(Debug)]
pub struct FixedCoordinators {
    cluster: Arc<Cluster>,
    known: BTreeMap<String, Answer>,
    found: BTreeMap<String, (Duration, Answer)>,
    claimed: BTreeMap<String, Result<Arc<FixedLease>, NotOwner>>,
    finding: AtomicUsize,
    most_finding: AtomicUsize,
}

impl FixedCoordinators {
    /// With this fleet, and no groups.
    pub fn new(cluster: Cluster) -> Self {
        Self {
            cluster: Arc::new(cluster),
            known: BTreeMap::new(),
            found: BTreeMap::new(),
            claimed: BTreeMap::new(),
            finding: AtomicUsize::new(0),
            most_finding: AtomicUsize::new(0),
        }
    }

    /// This group's answer is known at once.
    #[must_use]
    pub fn known(mut self, group: &str, answer: Answer) -> Self {
        self.known.insert(group.to_owned(), answer);
        self
    }

    /// This group's answer takes that long to find.
    #[must_use]
    pub fn found(mut self, group: &str, after: Duration, answer: Answer) -> Self {
        self.found.insert(group.to_owned(), (after, answer));
        self
    }

    /// Claiming this group gives this. Other groups can't be claimed: nobody can say whose they are.
    #[must_use]
    pub fn claimed(mut self, group: &str, claimed: Result<Arc<FixedLease>, NotOwner>) -> Self {
        self.claimed.insert(group.to_owned(), claimed);
        self
    }

    /// How many groups are being looked for now.
    pub fn finding(&self) -> usize {
        self.finding.load(Ordering::SeqCst)
    }

    /// How many groups were being looked for at the same time, at most.
    pub fn most_finding(&self) -> usize {
        self.most_finding.load(Ordering::SeqCst)
    }
}

/// Counts down also when the call is dropped.
struct Finding<'a>(&'a FixedCoordinators);

impl Drop for Finding<'_> {
    fn drop(&mut self) {
        self.0.finding.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Look for &BTreeMap<String, Answer> {
    fn known(&self, group: &str) -> Option<Answer<&Broker>> {
        self.get(group).map(Answer::lent)
    }
}

#[async_trait]
impl Coordinators for FixedCoordinators {
    fn look(&self) -> Box<dyn Look + '_> {
        Box::new(&self.known)
    }

    async fn find(&self, group: &GroupName) -> Answer {
        let now = self.finding.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_finding.fetch_max(now, Ordering::SeqCst);
        let _finding = Finding(self);
        let Some((after, answer)) = self.found.get(group.as_str()) else {
            return Answer::Unknown;
        };
        tokio::time::sleep(*after).await;
        answer.clone()
    }

    async fn claim(&self, group: &GroupName) -> Result<Arc<dyn Lease>, NotOwner> {
        let lease = match self.claimed.get(group.as_str()) {
            Some(claimed) => claimed.clone()?,
            None => {
                let why = "nobody told".to_owned();
                return Err(NotOwner::NotAvailable { why });
            }
        };
        Ok(lease)
    }

    fn cluster(&self) -> Arc<Cluster> {
        self.cluster.clone()
    }
}
