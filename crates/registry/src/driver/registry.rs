use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{AssignmentStore, GatewayRecord};
use groupkeeper_election::{
    CampaignConfig, Candidate, Election, InvalidCampaignConfig, LockKey, LockOwner, LockService,
};
use groupkeeper_types::{BrokenPromise, Clock, GroupName, Timing};
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::calls::{CallInput, Command, ask};
use super::run::Driver;
use super::store_reads::StoreReads;
use crate::config::Config;
use crate::machine::{Head, Machine, Reply};
use crate::peer::{
    Ack, Found, Heartbeat, LeaderService, LeaderView, MemberList, MemberView, PeerError, Peers,
    Role,
};
use crate::view::View;

/// What a registry is made of: any lock service, store, network and clock.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Names the leader.
    pub locks: Arc<dyn LockService>,
    /// The lock that leaders of this fleet hold.
    pub lock_key: LockKey,
    /// Keeps what is decided.
    pub store: Arc<dyn AssignmentStore>,
    /// Reaches the other gateways.
    pub peers: Arc<dyn Peers>,
    /// Tells the time, suspension included: [`PauseClock::system`](crate::PauseClock::system), outside of tests.
    pub clock: Arc<dyn Clock>,
}

/// Why a registry did not start.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StartError {
    /// The timings promise too much.
    #[error(transparent)]
    Timing(#[from] BrokenPromise),
    /// The lock's timings can't work.
    #[error(transparent)]
    Campaign(#[from] InvalidCampaignConfig),
}

/// One gateway's coordinator registry: knows, or finds out, who coordinates which group, and takes
/// its turn at deciding it.
///
/// Cheap to clone; clones are the same registry. Its tasks end with [`stop`](Self::stop), or when
/// the last clone is dropped, without a farewell: as in a crash.
#[derive(Debug, Clone)]
pub struct Registry(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) me: GatewayRecord,
    pub(super) timing: Timing,
    pub(super) view: Arc<View>,
    pub(super) heads: watch::Receiver<()>,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) peers: Arc<dyn Peers>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) reads: StoreReads,
    _task: JoinSet<()>,
}

impl Registry {
    /// How many calls and answers wait for the machine; whoever sends more waits too.
    const QUEUE: usize = 1_024;

    /// How long releasing the lock and telling others of it may take at the end.
    pub const FAREWELL: Duration = Duration::from_millis(1_000);

    /// Starts a gateway's registry on the present Tokio runtime. It answers at once, and knows
    /// nothing yet; no store or lock service need be reachable.
    ///
    /// # Errors
    /// When the configuration can't keep what it promises.
    pub fn start(me: GatewayRecord, config: Config, parts: Parts) -> Result<Self, StartError> {
        config.timing.validate()?;
        let timing = config.timing.clone();
        let Parts {
            locks,
            lock_key,
            store,
            peers,
            clock,
        } = parts;
        let candidate = Candidate {
            key: lock_key,
            owner: LockOwner::new(me.addr.as_str()),
            config: CampaignConfig::from(&timing),
            // As different between processes as their incarnations are.
            seed: me.incarnation.get(),
        };
        let election = Election::start(locks, Arc::clone(&clock), candidate)?;
        let machine = Machine::new(me.clone(), config);
        let view = Arc::new(View::new(machine.head()));
        let (commands, queue) = mpsc::channel(Self::QUEUE);
        let (changed, heads) = watch::channel(());
        let driver = Driver::new(
            machine,
            election,
            Arc::clone(&store),
            Arc::clone(&peers),
            Arc::clone(&clock),
            Arc::clone(&view),
            changed,
            commands.downgrade(),
            timing.clone(),
        );
        let mut task = JoinSet::new();
        task.spawn(driver.run(queue));
        let reads = StoreReads::new(store, Arc::clone(&clock), &timing);
        Ok(Self(Arc::new(Inner {
            me,
            timing,
            view,
            heads,
            commands,
            peers,
            clock,
            reads,
            _task: task,
        })))
    }

    /// Stops: moves this gateway's groups to others, when `drain` says so, resigns, releases the
    /// lock, and leaves the fleet. What is not handed over within `limit` is left behind, and the
    /// lock is released all the same, which may take up to [`Self::FAREWELL`] more.
    ///
    /// Without `drain` the groups stay its own, for its return: right when the whole fleet stops.
    /// Dropping this future leaves a stop going on without anybody waiting for it.
    ///
    /// # Errors
    /// When it could not hand over in time; it has stopped all the same.
    pub async fn stop(&self, drain: bool, limit: Duration) -> Result<(), PeerError> {
        let asked = ask(&self.0.commands, CallInput::Stop { drain });
        if let Ok(answer) = tokio::time::timeout(limit, asked).await {
            return done(answer?);
        }
        let at_once = ask(&self.0.commands, CallInput::Stop { drain: false });
        let late = || PeerError::not_available("the lock could not be released in time");
        done(
            tokio::time::timeout(Self::FAREWELL, at_once)
                .await
                .map_err(|_| late())??,
        )?;
        Err(PeerError::not_available(format!(
            "not everything was handed over within {limit:?}"
        )))
    }

    /// Who this gateway is.
    pub fn me(&self) -> &GatewayRecord {
        &self.0.me
    }

    /// Whether this gateway leads, by its own clock at this moment.
    pub fn is_leader(&self) -> bool {
        let head = self.head();
        head.role == Role::Leader && self.0.clock.now() < head.fresh_until
    }

    /// Who leads, as far as this gateway knows.
    pub fn leader(&self) -> Option<LeaderView> {
        self.head().leader.clone()
    }

    /// Waits until a leader is known. Cancel safe.
    ///
    /// # Errors
    /// [`PeerError::NotAvailable`] when none is known within `limit`.
    pub async fn wait_for_leader(&self, limit: Duration) -> Result<LeaderView, PeerError> {
        let mut heads = self.0.heads.clone();
        let known = async {
            loop {
                if let Some(leader) = self.leader() {
                    return Some(leader);
                }
                heads.changed().await.ok()?;
            }
        };
        match tokio::time::timeout(limit, known).await {
            Ok(Some(leader)) => Ok(leader),
            Ok(None) => Err(PeerError::unreachable("this gateway has stopped")),
            Err(_) => Err(PeerError::not_available(format!(
                "no leader within {limit:?}"
            ))),
        }
    }

    /// Waits until this registry has failed for good: a store, a network or the registry itself
    /// panicked. From then on it decides nothing, and what it knew ends with its session and its
    /// lease; whoever runs it should end the process, with an error. Waits forever while all is well,
    /// and after a stop. Cancel safe.
    pub async fn failed(&self) {
        let mut heads = self.0.heads.clone();
        while heads.changed().await.is_ok() {}
    }

    /// Waits until this gateway is in the list of healthy gateways, as one that has joined the
    /// leader, or `limit` has passed; says whether it is. Cancel safe.
    ///
    /// It may take a lease more until it is given groups, where an earlier process at its address may
    /// still be acting: see [`Standing`](crate::peer::Standing).
    pub async fn wait_until_member(&self, limit: Duration) -> bool {
        let mut heads = self.0.heads.clone();
        let listed = |head: &Head| {
            let members = &head.members.members;
            members
                .iter()
                .any(|member| member.addr == self.0.me.addr && member.joined)
        };
        let member = async {
            while !listed(&self.head()) {
                if heads.changed().await.is_err() {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(limit, member).await.unwrap_or(false)
    }

    /// Registers a gateway with this one, which must lead. A gateway registers once in its life,
    /// and takes the place of an earlier process at its address.
    ///
    /// # Errors
    /// As [`LeaderService::heartbeat`].
    pub async fn register(&self, gateway: GatewayRecord) -> Result<Ack, PeerError> {
        self.heartbeat(self.first_heartbeat(gateway, true)).await
    }

    /// Renews a gateway's session with this one, which must lead; an unknown gateway joins.
    ///
    /// # Errors
    /// As [`LeaderService::heartbeat`].
    pub async fn heartbeat_of(&self, gateway: GatewayRecord) -> Result<Ack, PeerError> {
        self.heartbeat(self.first_heartbeat(gateway, false)).await
    }

    /// The coordinator of a group, assigned if there is none, at the wish of a gateway. Only the
    /// leader does this, and only for a healthy gateway; [`Directory::find`](crate::peer::Directory)
    /// works anywhere.
    ///
    /// # Errors
    /// [`PeerError::NotLeader`] elsewhere, [`PeerError::Refused`] for a gateway that is not healthy.
    pub async fn assign_for(
        &self,
        group: GroupName,
        requester: &groupkeeper_types::GatewayAddr,
    ) -> Result<Found, PeerError> {
        let head = self.head();
        if head.role == Role::Leader && !head.members.contains(requester) {
            let why = format!("the gateway {requester} is not healthy: it must register first");
            return Err(PeerError::Refused { why });
        }
        self.assign(group).await
    }

    /// The healthy gateways as this gateway knows them, sorted by address.
    pub fn members(&self) -> Vec<MemberView> {
        self.member_list().members.clone()
    }

    /// The same list, shared rather than copied: it is another one when it has changed.
    pub fn member_list(&self) -> Arc<MemberList> {
        Arc::clone(&self.head().members)
    }

    /// The present head, and a way to learn of the next.
    pub(super) fn head(&self) -> Arc<Head> {
        self.0.view.head()
    }

    fn first_heartbeat(&self, gateway: GatewayRecord, announce: bool) -> Heartbeat {
        let head = self.head();
        Heartbeat {
            gateway,
            announce,
            epoch: head
                .leader
                .as_ref()
                .map_or(groupkeeper_types::Epoch::ZERO, |l| l.epoch),
            stood: groupkeeper_types::Epoch::ZERO,
            applied: head.applied,
            members_version: 0,
            revokes_heard: 0,
            given_up: Vec::new(),
            draining: false,
            unanswered: Duration::ZERO,
            store_decides: false,
        }
    }
}

fn done(reply: Reply) -> Result<(), PeerError> {
    match reply {
        Reply::Done(result) => result,
        Reply::Ack(_) | Reply::Found(_) => Ok(()),
    }
}
