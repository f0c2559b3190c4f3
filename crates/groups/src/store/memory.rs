use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use groupkeeper_types::GroupName;

use super::{GroupReadError, GroupStore, GroupWriteError, ListedGroup, Save};
use crate::record::GroupRecord;

/// One fleet's groups in this process's memory. Clones share them; they are gone with the last of
/// them.
///
/// It keeps encoded bytes, so nothing survives in it that could not be stored for real. No call waits.
#[derive(Debug, Clone, Default)]
pub struct MemoryGroupStore(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    groups: BTreeMap<String, Vec<u8>>,
    #[cfg(feature = "testing")]
    faults: std::collections::VecDeque<Fault>,
    #[cfg(feature = "testing")]
    late: Vec<Save>,
}

/// What goes wrong with a call.
#[cfg(feature = "testing")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done.
    Unreachable,
    /// A write is done, and nobody hears so.
    AnswerLost,
    /// A write is done only at [`MemoryGroupStore::land_late`].
    Late,
}

impl MemoryGroupStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics halfway through a change, so a poisoned lock still guards whole data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(feature = "testing")]
impl MemoryGroupStore {
    /// The next call goes wrong, and each further fault one call more.
    pub fn fail(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// The writes that came late arrive now, in the order in which they were sent. How many changed
    /// anything.
    pub fn land_late(&self) -> usize {
        let mut state = self.state();
        let late = std::mem::take(&mut state.late);
        let landed = late.iter().filter(|save| state.save(save).is_ok());
        landed.count()
    }

    /// Puts something that nobody can read where a group's record stands, or would stand.
    pub fn spoil(&self, group: &GroupName) {
        let name = group.as_str().to_owned();
        self.state().groups.insert(name, b"spoilt".to_vec());
    }
}

impl State {
    /// What happens instead of a read.
    fn fault(&mut self) -> Result<(), &'static str> {
        #[cfg(feature = "testing")]
        if self.faults.pop_front().is_some() {
            return Err("a test lets it fail");
        }
        Ok(())
    }

    fn save(&mut self, save: &Save) -> Result<(), GroupWriteError> {
        let name = save.group().as_str();
        let bytes = save.next().encode();
        let found = self.groups.get(name);
        if found == Some(&bytes) {
            return Ok(());
        }
        let record = found.map(|bytes| GroupRecord::decode(bytes)).transpose();
        let head = record
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|it| it.head);
        if record.is_err() || head.as_ref() != save.expected() {
            return Err(GroupWriteError::Stale { found: head });
        }
        self.groups.insert(name.to_owned(), bytes);
        Ok(())
    }

    #[cfg(feature = "testing")]
    fn save_with_faults(&mut self, save: &Save) -> Result<(), GroupWriteError> {
        match self.faults.pop_front() {
            None => return self.save(save),
            Some(Fault::Unreachable) => {}
            Some(Fault::AnswerLost) => self.save(save)?,
            Some(Fault::Late) => self.late.push(save.clone()),
        }
        Err(GroupWriteError::unavailable("a test lets it fail"))
    }

    #[cfg(not(feature = "testing"))]
    fn save_with_faults(&mut self, save: &Save) -> Result<(), GroupWriteError> {
        self.save(save)
    }
}

#[async_trait]
impl GroupStore for MemoryGroupStore {
    async fn load(&self, group: &GroupName) -> Result<Option<GroupRecord>, GroupReadError> {
        let mut state = self.state();
        state.fault().map_err(GroupReadError::unavailable)?;
        let found = state.groups.get(group.as_str());
        let record = found.map(|bytes| GroupRecord::decode(bytes)).transpose();
        record.map_err(|e| GroupReadError::Unreadable {
            what: format!("the group {group}"),
            why: e.to_string(),
        })
    }

    async fn save(&self, save: &Save) -> Result<(), GroupWriteError> {
        self.state().save_with_faults(save)
    }

    async fn list(
        &self,
        after: Option<GroupName>,
        at_most: usize,
    ) -> Result<Vec<ListedGroup>, GroupReadError> {
        let mut state = self.state();
        state.fault().map_err(GroupReadError::unavailable)?;
        let from = match &after {
            None => Bound::Unbounded,
            Some(group) => Bound::Excluded(group.as_str()),
        };
        let groups = state.groups.range::<str, _>((from, Bound::Unbounded));
        let listed = groups.filter_map(|(name, bytes)| {
            let group = GroupName::new(name).ok()?;
            Some(ListedGroup::of(group, &GroupRecord::decode(bytes)))
        });
        Ok(listed.take(at_most).collect())
    }
}
