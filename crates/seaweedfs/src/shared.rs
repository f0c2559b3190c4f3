use std::time::Duration;

use groupkeeper_assignment_store::{Expected, LeaderRecord};
use groupkeeper_election::LockKey;

use crate::attempts::{Attempt, Plan};
use crate::deciding::{Deciding, Needs};
use crate::failure::Failure;
use crate::filers::Filers;
use crate::floor::Floor;
use crate::layout::Layout;
use crate::transaction::{Transaction, Verdict};
use crate::{SeaweedConfig, lock_key};

/// What every call shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) filers: Filers,
    pub(crate) layout: Layout,
    /// The lock's key, and also what the deciding filer is found by: so one filer has both, and its
    /// death is one event.
    pub(crate) key: LockKey,
    pub(crate) deciding: Deciding,
    pub(crate) floor: Floor,
}

/// A transaction this much larger gets one more second.
const BYTES_A_SECOND: usize = 1 << 20;

impl Shared {
    pub(crate) fn new(config: SeaweedConfig) -> Self {
        Self {
            layout: Layout::new(&config.fleet),
            key: lock_key(&config.fleet),
            deciding: Deciding::new(config.settle),
            filers: Filers::new(config),
            floor: Floor::default(),
        }
    }

    pub(crate) const fn config(&self) -> &SeaweedConfig {
        self.filers.config()
    }

    /// Makes a transaction; refused, it asks the filer that refused it for the verdict on `next`,
    /// the record that would stand if the very same transaction had landed before.
    pub(crate) async fn transact(
        &self,
        transaction: &Transaction,
        next: &LeaderRecord,
    ) -> Result<Verdict, Failure> {
        let landed = Expected::Matches(next.clone());
        let landed = &Transaction::check(&self.layout, &landed);
        let plan = self.write_plan(transaction.len());
        let verdict = self.at_decider(plan, Needs::Fresh, |filer| async move {
            let verdict = match transaction.ask(&self.layout, &filer, plan.timeout).await {
                Ok(Verdict::Refused) => landed.ask(&self.layout, &filer, plan.timeout).await,
                other => other,
            };
            verdict.map_or_else(Attempt::Failed, Attempt::Done)
        });
        verdict.await
    }

    /// Whether this record stands where writes are decided.
    pub(crate) async fn stands(
        &self,
        record: &LeaderRecord,
        needs: Needs,
    ) -> Result<bool, Failure> {
        let expected = Expected::Matches(record.clone());
        let check = &Transaction::check(&self.layout, &expected);
        let plan = self.write_plan(0);
        let verdict = self.at_decider(plan, needs, |filer| async move {
            let verdict = check.ask(&self.layout, &filer, plan.timeout).await;
            verdict.map_or_else(Attempt::Failed, Attempt::Done)
        });
        Ok(verdict.await? == Verdict::Done)
    }

    pub(crate) fn write_plan(&self, bytes: usize) -> Plan {
        let extra = u32::try_from(bytes / BYTES_A_SECOND).unwrap_or(u32::MAX);
        let timeout = self.config().write_timeout + Duration::from_secs(extra.into());
        Plan {
            timeout,
            stagger: timeout / 4,
            start_over: true,
        }
    }
}
