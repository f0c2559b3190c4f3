//! A leader record that another filer's copy was put over.
//!
//! After a network cut, what the decider of before wrote last reaches the other filers late, and replaces
//! what was decided there meanwhile. What was decided at a filer last stands in a second file, which no
//! other one's changes come to ([`Layout::decided`](crate::layout::Layout::decided)).

use groupkeeper_assignment_store::{Expected, LeaderRecord};
use groupkeeper_types::Stamp;

use crate::attempts::Attempt;
use crate::deciding::Needs;
use crate::entries;
use crate::failure::Failure;
use crate::reads::lookup;
use crate::shared::Shared;
use crate::transaction::{Transaction, Verdict};

impl Shared {
    /// Puts the leader record that was last decided at the filer that decides in the place of an older one that
    /// stands there: one of an epoch that it stands on, or of its own. Any other one was decided elsewhere by
    /// somebody who did not know of it, and may be all that anybody has acted on since. Says what was put back.
    ///
    /// Safe to be done by several at once, and beside whoever begins an epoch: it replaces that very record only.
    pub(crate) async fn put_back(&self) -> Result<Option<LeaderRecord>, Failure> {
        let plan = self.write_plan(0);
        let read = self.at_decider(plan, Needs::Fresh, |filer| async move {
            let own = self.layout.decided(&filer.address);
            let both = async {
                let stands = lookup(&filer, &self.layout.record).await?;
                let own = lookup(&filer, &own).await?;
                Ok((stands, own))
            };
            both.await.map_or_else(Attempt::Failed, Attempt::Done)
        });
        let (Some(stands), Some(own)) = read.await? else {
            return Ok(None);
        };
        // What can't be read is nobody's to replace.
        let (Ok(stands), Ok(own)) = (entries::record(&stands), entries::record(&own)) else {
            return Ok(None);
        };
        if own.stamp() <= stands.stamp() || !own.has(stands.epoch) {
            return Ok(None);
        }
        let over = stands.stamp();
        let expected = Expected::Matches(stands);
        let transaction = Transaction::begin(&self.layout, &expected, &own);
        let done = self.transact(&transaction, &own).await? == Verdict::Done;
        if done {
            tell(&own, over);
            self.floor.stood(&own);
        }
        Ok(done.then_some(own))
    }
}

fn tell(own: &LeaderRecord, over: Stamp) {
    tracing::warn!(
        record = %own.stamp(),
        %over,
        "another filer's older copy was put over the leader record: it is put back"
    );
}
