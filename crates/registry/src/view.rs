mod fresh;
mod known;

use std::sync::Arc;

use arc_swap::ArcSwap;
use groupkeeper_types::{GroupName, Moment, RpcAddr, Stamp};

use crate::machine::Head;
use crate::peer::{Decision, Found, MemberList, Role};
pub use fresh::Fresh;
use known::Known;

/// Names come from clients, and are hashed with a key that they can't know.
type Hashing = std::hash::RandomState;
type Groups = papaya::HashMap<GroupName, Known, Hashing>;

/// What look-ups read: published by the one task that runs the machine, read by any number of
/// threads without waiting.
#[derive(Debug)]
pub(crate) struct View {
    published: ArcSwap<Published>,
    groups: Groups,
    /// What this gateway may act as coordinator of, by which decision, while its lease lasts.
    held: papaya::HashMap<GroupName, Stamp>,
}

/// A head, with what every look-up needs of it at hand.
#[derive(Debug)]
struct Published {
    fresh_until: Moment,
    members: Arc<MemberList>,
    /// Another one for each list of members, from 1 on: what was found in a list is remembered by it.
    list: u64,
    head: Arc<Head>,
}

impl Published {
    fn new(head: Head, before: Option<&Self>) -> Self {
        let list = match before {
            Some(before) if Arc::ptr_eq(&before.members, &head.members) => before.list,
            Some(before) => before.list + 1,
            None => 1,
        };
        Self {
            fresh_until: head.fresh_until,
            members: Arc::clone(&head.members),
            list,
            head: Arc::new(head),
        }
    }
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
            published: ArcSwap::from_pointee(Published::new(head, None)),
            groups: papaya::HashMap::new(),
            held: papaya::HashMap::new(),
        }
    }

    pub(crate) fn head(&self) -> Arc<Head> {
        Arc::clone(&self.published.load().head)
    }

    /// What was published last, if answers may be given out of it at `now`. The deadline is compared
    /// here and not by a timer, so that a process that was suspended is right at once.
    pub(crate) fn fresh(&self, now: Moment) -> Option<Fresh<'_>> {
        let published = self.published.load();
        let fresh = now < published.fresh_until;
        fresh.then(|| Fresh::new(published, &self.groups))
    }

    /// The coordinator of a group as of `now`.
    pub(crate) fn lookup(&self, group: &str, now: Moment) -> Lookup {
        let Some(fresh) = self.fresh(now) else {
            return Lookup::AskStore;
        };
        let head = fresh.head();
        if let Some((name, known)) = fresh.known(group) {
            let decision = Decision {
                group: name.clone(),
                coordinator: known.coordinator().clone(),
                stamp: known.stamp(),
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
        let until = self.published.load().head.lease_until;
        let stamp = *self.held.pin().get(group)?;
        (now < until).then_some((stamp, until))
    }

    pub(crate) fn hold(&self, groups: impl IntoIterator<Item = (GroupName, Stamp)>) {
        let held = self.held.pin();
        for (group, stamp) in groups {
            held.insert(group, stamp);
        }
    }

    pub(crate) fn release(&self, group: &GroupName) {
        self.held.pin().remove(group);
    }

    pub(crate) fn release_all(&self) {
        self.held.pin().clear();
    }

    pub(crate) fn learn(&self, decisions: impl IntoIterator<Item = Decision>) {
        let groups = self.groups.pin();
        for decision in decisions {
            let Decision {
                group,
                coordinator,
                stamp,
            } = decision;
            groups.insert(group, Known::new(coordinator, stamp));
        }
    }

    pub(crate) fn forget(&self, group: &GroupName) {
        self.groups.pin().remove(group);
    }

    pub(crate) fn forget_all(&self) {
        self.groups.pin().clear();
    }

    /// Called by one task only.
    pub(crate) fn publish(&self, head: Head) {
        let next = Published::new(head, Some(&self.published.load()));
        self.published.store(Arc::new(next));
    }
}
