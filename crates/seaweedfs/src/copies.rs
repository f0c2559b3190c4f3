//! Whether the filer that is to decide has copied what was decided at others.
//!
//! Filers with a store each copy one another's changes a little later, and after a cut it may be much later: the
//! one that sends waits for its kernel to try again. Whoever decided before the cut is the decider again as soon
//! as the masters list it, and would go on from what it had then.
//!
//! The leader record alone does not tell: after a cut the filers swap their last changes, so an older record may
//! stand at all of them while the newer one is still on its way. So each decider keeps the last record that was
//! decided there under a name of its own, where no other one's changes come to. It is written after the leader
//! record, and so after all files of that commit ([`Transaction::ask`](crate::transaction::Transaction::ask)). A
//! filer copies the changes of another one in the order in which they were made there: once it has that file, it
//! has all that was decided there before.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use groupkeeper_types::Stamp;
use tokio::time::timeout;

use crate::filer::Filer;
use crate::layout::Place;
use crate::reads::lookup;
use crate::rule::Decider;
use crate::shared::Shared;
use crate::{ServerAddress, entries};

/// The most that a filer is waited for: one that does not answer holds nobody up.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(300);

/// What filers have shown of what was decided there, since one decider was first asked after. What one of them
/// has said counts also when it is silent in a later round.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    decider: Option<Decider>,
    decided: BTreeMap<ServerAddress, Stamp>,
}

impl Copies {
    /// What the decider has not copied yet from one of these filers, for people. All are asked at once; one that
    /// never answered is passed over.
    pub(crate) async fn missing(
        &mut self,
        shared: &Shared,
        filers: impl Iterator<Item = &ServerAddress>,
        decider: &Decider,
    ) -> Option<String> {
        if self.decider.as_ref() != Some(decider) {
            self.decided.clear();
            self.decider = Some(decider.clone());
        }
        let filers: Vec<_> = filers
            .filter(|address| **address != decider.address)
            .map(|address| shared.filers.at(address))
            .collect();
        let asked = filers.iter().map(|filer| async {
            let own = decided(filer, &shared.layout.decided(&filer.address)).await;
            own.map(|own| (filer.address.clone(), own))
        });
        self.decided
            .extend(join_all(asked).await.into_iter().flatten());
        let filer = shared.filers.at(&decider.address);
        let copied = self.decided.iter().map(|(at, newest)| {
            let (filer, place) = (&filer, shared.layout.decided(at));
            async move {
                let copied = decided(filer, &place).await;
                (copied < Some(*newest)).then(|| missing(at, *newest, &decider.address, copied))
            }
        });
        join_all(copied).await.into_iter().flatten().next()
    }
}

fn missing(at: &ServerAddress, newest: Stamp, by: &ServerAddress, copied: Option<Stamp>) -> String {
    let copied = copied.map_or_else(|| "none".to_owned(), |copied| copied.to_string());
    format!("filer {at} has decided {newest}, and of that {by} has {copied}")
}

/// The newest commit by a leader record at a filer; `None` where there is none, or no answer.
async fn decided(filer: &Filer, record: &Place) -> Option<Stamp> {
    let Ok(found) = timeout(ANSWER_TIMEOUT, lookup(filer, record)).await else {
        filer.timed_out();
        return None;
    };
    Some(entries::record(&found.ok()??).ok()?.stamp())
}
