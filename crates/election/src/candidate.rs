use groupkeeper_types::Incarnation;

use crate::{CampaignConfig, LockKey, LockOwner};

/// Who campaigns, for which lock, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// The lock.
    pub key: LockKey,
    /// What others are told while this process leads.
    pub owner: LockOwner,
    /// When it asks for what.
    pub config: CampaignConfig,
    /// Spreads the retries of several candidates. Each process needs its own.
    pub seed: u64,
}

impl Candidate {
    /// A candidate with the default timing and a random seed.
    pub fn new(key: LockKey, owner: LockOwner) -> Self {
        let seed = Incarnation::random().get();
        Self {
            key,
            owner,
            config: CampaignConfig::default(),
            seed,
        }
    }
}
