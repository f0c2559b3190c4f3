use std::time::Duration;

use groupkeeper_hashing::{LoadCap, Strategy};
use groupkeeper_types::Timing;

/// How a fleet decides: the same at every gateway of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Config {
    /// How long everything takes and waits.
    pub timing: Timing,
    /// How a gateway is picked for a group.
    pub placement: Strategy,
    /// How far over the mean a gateway may be loaded by groups that are given out one by one; `None` for
    /// as far as placement likes. What an operator wants by hand goes before.
    pub load_cap: Option<LoadCap>,
    /// How many groups a gateway that does not lead keeps in memory.
    pub cached_groups: usize,
    /// How long a leader rests between two rounds in which it reads through the store, slowly, and puts
    /// right what is not as it was decided; `None` for never. Rounds are 2 s apart at least.
    pub scrub_every: Option<Duration>,
    /// Whether a leader that no other gateway hears lets others try to lead, for a moment.
    pub lends_lock: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            placement: Strategy::default(),
            load_cap: None,
            cached_groups: 1_000_000,
            scrub_every: Some(Duration::from_secs(10)),
            lends_lock: true,
        }
    }
}
