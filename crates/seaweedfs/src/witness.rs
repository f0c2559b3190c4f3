//! A decider that was seen to decide.
//!
//! Whoever writes the leader record leaves the name of the filer beside it that it holds for the one that
//! decides. A process that has just started reads the record at that filer, round by round. Where it is
//! another one than in the round before, and the name is that filer's, somebody who may decide has decided
//! there in between: so nobody could act by another filer's word at that moment, and nothing is left
//! to be waited for.

use std::time::Duration;

use tokio::time::timeout;

use crate::ServerAddress;
use crate::filer::Filer;
use crate::layout::Place;
use crate::proto::filer_pb::Entry;
use crate::reads::lookup;
use crate::rule::Decider;

/// Beside the leader record: the filer that decided on this writing of it.
const DECIDER: &str = "groupkeeper-decider";
/// The most one question to a filer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);

/// Notes beside a record that this filer is to decide on it.
pub(crate) fn mark(record: &mut Entry, decider: &ServerAddress) {
    let name = decider.to_string().into_bytes();
    record.extended.insert(DECIDER.to_owned(), name);
}

/// The record as it was read in the last round that read it, and at which decider.
#[derive(Debug, Default)]
pub(crate) struct Witness(Option<(Decider, Entry)>);

impl Witness {
    /// Reads the record at the filer that decides. Whether it was seen to decide since the last time.
    pub(crate) async fn look(&mut self, decider: &Decider, filer: &Filer, record: &Place) -> bool {
        let read = timeout(ANSWER_TIMEOUT, lookup(filer, record)).await;
        let Ok(Ok(Some(found))) = read else {
            self.0 = None;
            return false;
        };
        let name = decider.address.to_string().into_bytes();
        let is_marked = found.extended.get(DECIDER) == Some(&name);
        let before = self.0.replace((decider.clone(), found));
        let now = self.0.as_ref().map(|(_, found)| &found.content);
        let changed =
            |(at, record): (Decider, Entry)| at == *decider && Some(&record.content) != now;
        is_marked && before.is_some_and(changed)
    }

    /// The next round reads it for the first time.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}
