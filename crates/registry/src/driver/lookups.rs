use std::time::Duration;

use async_trait::async_trait;
use groupkeeper_types::{GatewayAddr, GroupName, Stamp};
use tokio::time::timeout;

use super::calls::{CallInput, Command, ask};
use super::registry::Registry;
use crate::lookups::{Asking, Lookup, RememberedNone, Then, no_leader, older};
use crate::machine::{Input, Reply};
use crate::peer::{
    Directory, Found, Held, LeaderService, Ownership, PeerError, RegistryStatus, Role,
};
use crate::view::Fresh;

impl Registry {
    /// The coordinator of a group, if it can be told at once, from memory. No lock is held and
    /// nothing waits.
    pub fn known(&self, group: &str) -> Option<Found> {
        match self.0.view.lookup(group, self.0.clock.now()) {
            Lookup::Known(found) => Some(found),
            _ => None,
        }
    }

    /// What may be answered at once as of now, to look many groups up in; `None` while only the store
    /// can tell. As [`known`](Self::known), without a copy of anything.
    pub fn fresh(&self) -> Option<Fresh<'_>> {
        self.0.view.fresh(self.0.clock.now())
    }

    /// Asks until somebody knows, or nobody can.
    async fn find_out(&self, group: &GroupName) -> Result<Found, PeerError> {
        let mut heads = self.0.heads.clone();
        let mut asking = Asking::default();
        loop {
            heads.mark_unchanged();
            let answer = match self.0.view.lookup(group.as_str(), self.0.clock.now()) {
                Lookup::Known(found) => return Ok(found),
                Lookup::AskSelf => self.assign(group.clone()).await,
                Lookup::AskLeader(rpc) => {
                    let answer = self.0.peers.at(&rpc).assign(group.clone()).await;
                    if let Ok(found) = &answer {
                        self.learn(found);
                    }
                    answer
                }
                Lookup::AskStore => {
                    Asking::from_store(self.stored(group, RememberedNone::Counts).await)
                }
            };
            match asking.answered(answer, self.newest()) {
                Then::Tell(answer) => return answer,
                Then::LookAgain => {}
                Then::Wait => {
                    // Without the task that runs the machine nothing will change any more.
                    if let Ok(Err(_)) = timeout(self.0.timing.retry_every, heads.changed()).await {
                        return Err(PeerError::unreachable("this gateway has stopped"));
                    }
                }
            }
        }
    }

    async fn stored(
        &self,
        group: &GroupName,
        none: RememberedNone,
    ) -> Result<Option<Found>, PeerError> {
        let found = self.0.reads.read(group, self.newest(), none).await;
        if let Ok(Some(found)) = &found {
            let until = self.0.clock.now() + self.0.timing.wait();
            self.0.view.tell(found.as_of, until);
        }
        found
    }

    fn newest(&self) -> Stamp {
        self.0.view.newest(self.0.clock.now())
    }

    /// Lets the machine cache an answer. When it is busy the next question asks again.
    fn learn(&self, found: &Found) {
        drop(
            self.0
                .commands
                .try_send(Command::Input(Input::Learned(found.clone()))),
        );
    }

    /// Waits for an answer as long as a client may be kept waiting. By the clock, too: the timer does
    /// not see that an answer which has come was not looked at, since the process was suspended.
    async fn in_time(
        &self,
        asked: impl Future<Output = Result<Found, PeerError>>,
    ) -> Result<Found, PeerError> {
        let limit = self.0.timing.find;
        let end = self.0.clock.now() + limit;
        match timeout(limit, asked).await {
            Ok(answer) => Asking::by(end, self.0.clock.now(), answer),
            Err(_) => Err(PeerError::not_available("no leader answered in time")),
        }
    }
}

#[async_trait]
impl Directory for Registry {
    async fn find(&self, group: &GroupName) -> Result<Found, PeerError> {
        self.in_time(self.find_out(group)).await
    }

    async fn get(&self, group: &GroupName) -> Result<Found, PeerError> {
        if let Some(found) = self.known(group.as_str()) {
            return Ok(found);
        }
        let none = || PeerError::NotFound {
            what: format!("coordinator of the group `{group}`"),
        };
        match self.stored(group, RememberedNone::IsAsked).await? {
            Some(found) if found.as_of < self.newest() => Err(older()),
            found => found.ok_or_else(none),
        }
    }

    async fn reassign(
        &self,
        group: &GroupName,
        to: Option<&GatewayAddr>,
    ) -> Result<Found, PeerError> {
        let head = self.head();
        let asked = async {
            match (&head.role, &head.leader) {
                (Role::Leader, _) => {
                    LeaderService::reassign(self, group.clone(), to.cloned()).await
                }
                (_, Some(leader)) => {
                    let leader = self.0.peers.at(&leader.rpc);
                    leader.reassign(group.clone(), to.cloned()).await
                }
                (_, None) => Err(no_leader()),
            }
        };
        // A living coordinator is asked to give the group up first.
        let late = |_| Err(PeerError::not_available("the group is still being moved"));
        timeout(self.0.timing.wait() + self.0.timing.announce, asked)
            .await
            .unwrap_or_else(late)
    }

    async fn drain(&self, gateway: &GatewayAddr) -> Result<(), PeerError> {
        let head = self.head();
        match (&head.role, &head.leader) {
            (Role::Leader, _) => LeaderService::drain(self, gateway.clone()).await,
            (_, Some(leader)) => self.0.peers.at(&leader.rpc).drain(gateway.clone()).await,
            (_, None) => Err(no_leader()),
        }
    }

    fn ownership(&self, group: &GroupName) -> Ownership {
        let now = self.0.clock.now();
        let held = self.0.view.owns(group.as_str(), now);
        let coordinator = match self.0.view.lookup(group.as_str(), now) {
            Lookup::Known(found) => Some(found.decision.coordinator),
            Lookup::AskSelf | Lookup::AskLeader(_) | Lookup::AskStore => None,
        };
        Ownership {
            held: held.map(|(token, until)| Held {
                token,
                left: until.since(now),
            }),
            coordinator,
        }
    }

    fn status(&self) -> RegistryStatus {
        let head = self.head();
        let fresh = self.0.clock.now() < head.fresh_until;
        RegistryStatus {
            gateway: self.0.me.clone(),
            role: head.role,
            leader: head.leader.clone(),
            lock_owner: head.lock_owner.clone(),
            stamp: head.applied,
            fresh,
            // What a leader said before its session ended is no longer so.
            standing: head.standing.filter(|_| fresh),
            gateways: head.members.members.clone(),
            groups_known: head.groups_known,
            assignments: head.assignments,
            unreadable: head.unreadable,
            behind: head.behind,
            set_aside: head.set_aside,
            restored: head.restored,
            problem: head.problem.clone(),
        }
    }
}

impl Registry {
    /// Sends a question about a group to the machine.
    pub(super) async fn ask_group(
        &self,
        input: CallInput,
        limit: Duration,
    ) -> Result<Found, PeerError> {
        match self.reply_within(limit, input).await? {
            Reply::Found(result) => result,
            Reply::Ack(_) | Reply::Done(_) => Err(PeerError::unreachable("a mistaken answer")),
        }
    }

    pub(super) async fn reply_within(
        &self,
        limit: Duration,
        input: CallInput,
    ) -> Result<Reply, PeerError> {
        let late = |_| {
            Err(PeerError::not_available(
                "the leader did not decide in time",
            ))
        };
        let asked = ask(&self.0.commands, input);
        timeout(limit, asked).await.unwrap_or_else(late)
    }
}
