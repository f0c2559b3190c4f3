use std::sync::Arc;

use arc_swap::ArcSwap;
use groupkeeper_types::{GatewayAddr, GroupName, Moment, RpcAddr, Stamp};

use crate::machine::Head;
use crate::peer::{Decision, Found, Role};

/// What look-ups read: published by the one task that runs the machine, read by any number of
/// threads without waiting.
#[derive(Debug)]
pub(crate) struct View {
    head: ArcSwap<Head>,
    groups: papaya::HashMap<GroupName, Known>,
    /// What this gateway may act as coordinator of, by which decision, while its lease lasts.
    held: papaya::HashMap<GroupName, Stamp>,
}

#[derive(Debug, Clone)]
struct Known {
    coordinator: GatewayAddr,
    stamp: Stamp,
}

/// What a view says about a group, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// This is the decision.
    Known(Found),
    /// The view is fresh and does not have it: this gateway leads and must decide.
    AskSelf,
    /// The view is fresh and does not have it: the leader knows.
    AskLeader(RpcAddr),
    /// The view is not fresh: only the store can tell.
    AskStore,
}

impl View {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            head: ArcSwap::from_pointee(head),
            groups: papaya::HashMap::new(),
            held: papaya::HashMap::new(),
        }
    }

    pub(crate) fn head(&self) -> Arc<Head> {
        self.head.load_full()
    }

    /// The coordinator of a group as of `now`. The deadline is compared here and not by a timer, so
    /// that a process that was suspended is right at once.
    pub(crate) fn lookup(&self, group: &str, now: Moment) -> Lookup {
        // The head first: whoever publishes writes the groups first, so that a head that has been
        // seen is never newer than the groups.
        let head = self.head.load();
        if now >= head.fresh_until {
            return Lookup::AskStore;
        }
        let groups = self.groups.pin();
        if let Some((name, known)) = groups.get_key_value(group)
            && head.members.contains(&known.coordinator)
        {
            let decision = Decision {
                group: name.clone(),
                coordinator: known.coordinator.clone(),
                stamp: known.stamp,
            };
            return Lookup::Known(Found {
                decision,
                as_of: head.applied,
            });
        }
        match (&head.role, &head.leader) {
            (Role::Leader, _) => Lookup::AskSelf,
            (_, Some(leader)) => Lookup::AskLeader(leader.rpc.clone()),
            (_, None) => Lookup::AskStore,
        }
    }

    /// The decision by which this gateway may act as a group's coordinator at `now`, and until when
    /// unless its lease is renewed; `None` when it may not act.
    pub(crate) fn owns(&self, group: &str, now: Moment) -> Option<(Stamp, Moment)> {
        let until = self.head.load().lease_until;
        let stamp = *self.held.pin().get(group)?;
        (now < until).then_some((stamp, until))
    }

    pub(crate) fn hold(&self, group: GroupName, stamp: Stamp) {
        self.held.pin().insert(group, stamp);
    }

    pub(crate) fn release(&self, group: &GroupName) {
        self.held.pin().remove(group);
    }

    pub(crate) fn release_all(&self) {
        self.held.pin().clear();
    }

    pub(crate) fn learn(&self, decision: Decision) {
        let Decision {
            group,
            coordinator,
            stamp,
        } = decision;
        self.groups
            .pin()
            .insert(group, Known { coordinator, stamp });
    }

    pub(crate) fn forget(&self, group: &GroupName) {
        self.groups.pin().remove(group);
    }

    pub(crate) fn forget_all(&self) {
        self.groups.pin().clear();
    }

    pub(crate) fn publish(&self, head: Head) {
        self.head.store(Arc::new(head));
    }
}
