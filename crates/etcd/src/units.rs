use std::collections::BTreeSet;

use groupkeeper_assignment_store::{Change, Commit};

use crate::aside::Aside;
use crate::failure::Failure;
use crate::proto::{Compare, RequestOp};
use crate::shared::Shared;
use crate::transaction::{delete, put};

/// What must be done in one transaction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unit {
    pub(crate) operations: Vec<RequestOp>,
    /// What must hold besides the fence.
    pub(crate) guards: Vec<Compare>,
    /// The keys that it writes: no transaction may write one twice.
    pub(crate) keys: Vec<Vec<u8>>,
}

impl Unit {
    fn put(key: Vec<u8>, value: Vec<u8>) -> Self {
        Self {
            operations: vec![put(key.clone(), value, 0)],
            guards: Vec::new(),
            keys: vec![key],
        }
    }

    fn delete(key: Vec<u8>) -> Self {
        Self {
            operations: vec![delete(key.clone())],
            guards: Vec::new(),
            keys: vec![key],
        }
    }
}

/// A commit's changes, or why etcd will never take them.
pub(crate) type Units = Result<Vec<Unit>, String>;

impl Shared {
    /// What a commit's changes are in etcd, in their order. Where some set something aside, what stands there
    /// now is looked at.
    pub(crate) async fn units(&self, commit: &Commit) -> Result<Units, Failure> {
        let mut units = Vec::with_capacity(commit.changes().len());
        let mut touched = BTreeSet::new();
        let mut asides = 0;
        for change in commit.changes() {
            let from = units.len();
            match change {
                Change::Assign(assignment) => {
                    let key = self.layout.group(&assignment.group);
                    units.push(Unit::put(key, assignment.encode()));
                }
                Change::Unassign(group) => units.push(Unit::delete(self.layout.group(group))),
                Change::Admit(gateway) => {
                    let [key, _] = self.layout.gateway(gateway.addr());
                    units.extend(key.map(|key| Unit::put(key, gateway.encode())));
                }
                Change::Dismiss(addr) => {
                    let keys = self.layout.gateway(addr);
                    units.extend(keys.into_iter().flatten().map(Unit::delete));
                }
                Change::SetAside(name) => {
                    let key = self.layout.listed(name);
                    // What an earlier change wrote can be read, and what it removed is not there.
                    let Some(key) = key.filter(|key| !touched.contains(key)) else {
                        continue;
                    };
                    let aside = self.aside(key, commit.next().stamp()).await?;
                    asides += usize::from(aside.is_some());
                    units.extend(aside.map(Aside::unit));
                }
            }
            for unit in &units[from..] {
                touched.extend(unit.keys.iter().cloned());
            }
        }
        if let Some(why) = self.no_room_aside(asides).await? {
            return Ok(Err(why));
        }
        Ok(Ok(units))
    }
}
