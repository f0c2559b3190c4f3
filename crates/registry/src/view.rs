mod fresh;
mod known;
mod told;

use std::sync::Arc;

use arc_swap::ArcSwap;
use groupkeeper_types::{GroupName, Moment, RpcAddr, Stamp};

use crate::machine::Head;
use crate::peer::{Decision, Found, MemberList, Role};
pub use fresh::Fresh;
use known::Known;
use told::Told;

/// Names come from clients, and are hashed with a key that they can't know.
type Hashing = std::hash::RandomState;
type Groups = papaya::HashMap<GroupName, Known, Hashing>;

/// What look-ups read: published by the one task that runs the machine, read by any number of
/// threads without waiting.
#[derive(Debug)]
pub struct View {
    published: ArcSwap<Published>,
    groups: Groups,
    told: Told,
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
pub enum Lookup {
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
    /// Of a gateway that knows no group so far.
    pub fn new(head: Head) -> Self {
        Self {
            published: ArcSwap::from_pointee(Published::new(head, None)),
            groups: papaya::HashMap::new(),
            told: Told::default(),
            held: papaya::HashMap::new(),
        }
    }

    /// What was published last.
    pub fn head(&self) -> Arc<Head> {
        Arc::clone(&self.published.load().head)
    }

    /// What was published last, if answers may be given out of it at `now`. The deadline is compared
    /// here and not by a timer, so that a process that was suspended is right at once.
    pub fn fresh(&self, now: Moment) -> Option<Fresh<'_>> {
        let published = self.published.load();
        let fresh = now < published.fresh_until
            && self.told.newer_than(published.head.applied, now).is_none();
        fresh.then(|| Fresh::new(published, &self.groups))
    }

    /// As of when this gateway answers at least: it has heard, or told, what was decided until then.
    pub fn newest(&self, now: Moment) -> Stamp {
        let heard = self.published.load().head.applied;
        self.told.newer_than(heard, now).unwrap_or(heard)
    }

    /// An answer from the store is about to be given that is as of then. Until that moment nothing older is
    /// told: by then whoever led has heard of it, or no session with it is fresh.
    pub fn tell(&self, as_of: Stamp, until: Moment) {
        if as_of > self.published.load().head.applied {
            self.told.tell(as_of, until);
        }
    }

    /// The coordinator of a group as of `now`.
    pub fn lookup(&self, group: &str, now: Moment) -> Lookup {
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

    /// The token under which this gateway may act as a group's coordinator at `now`, and until when
    /// unless its lease is renewed; `None` when it may not act.
    pub fn owns(&self, group: &str, now: Moment) -> Option<(Stamp, Moment)> {
        let published = self.published.load();
        let (until, floor) = (published.head.lease_until, published.head.token_floor);
        let stamp = *self.held.pin().get(group)?;
        (now < until).then_some((stamp.max(floor), until))
    }

    /// This gateway may act as coordinator of these from now on, by these decisions.
    pub fn hold(&self, groups: impl IntoIterator<Item = (GroupName, Stamp)>) {
        let held = self.held.pin();
        for (group, stamp) in groups {
            held.insert(group, stamp);
        }
    }

    /// No longer of this one.
    pub fn release(&self, group: &GroupName) {
        self.held.pin().remove(group);
    }

    /// Nor of any.
    pub fn release_all(&self) {
        self.held.pin().clear();
    }

    /// This was decided.
    pub fn learn(&self, decisions: impl IntoIterator<Item = Decision>) {
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

    /// What was decided about this one is not known any more.
    pub fn forget(&self, group: &GroupName) {
        self.groups.pin().remove(group);
    }

    /// Nor about any.
    pub fn forget_all(&self) {
        self.groups.pin().clear();
    }

    /// What is in here of a group, whether or not it may be answered with.
    pub fn cached(&self, group: &str) -> Option<Decision> {
        let groups = self.groups.pin();
        let (name, known) = groups.get_key_value(group)?;
        Some(Decision {
            group: name.clone(),
            coordinator: known.coordinator().clone(),
            stamp: known.stamp(),
        })
    }

    /// How many groups are in here.
    pub fn cached_len(&self) -> usize {
        self.groups.len()
    }

    /// This gateway may act for nothing any more, whatever it holds, until the next head is published. Called
    /// by the task that publishes.
    pub fn end_lease(&self) {
        let mut head = Head::clone(&self.head());
        head.lease_until = Moment::ZERO;
        self.publish(head);
    }

    /// Called by one task only.
    pub fn publish(&self, head: Head) {
        let next = Published::new(head, Some(&self.published.load()));
        self.published.store(Arc::new(next));
    }
}
