use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use groupkeeper_assignment_store::{AssignmentStore, ReadError, WriteError};
use groupkeeper_types::{RpcAddr, WallTime};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::calls::Command;
use super::run::Driver;
use crate::machine::{Answer, CallId, Effect, Input, OpId, Reply, Report, StoreWork};
use crate::peer::{PeerError, Peers, Resigned, Role};

/// How an operation ended.
pub(super) enum Done {
    /// With an answer for the machine.
    Answered(OpId, Answer),
    /// With an answer that has gone through the queue, in parts.
    Streamed,
    /// The lock was given back.
    Yielded,
    /// The lock was given up for good, and others were told; these calls waited for it.
    Left(Vec<(CallId, Reply)>),
}

impl Driver {
    /// How long giving the lock back, and telling others of it, may each take.
    const FAREWELL: Duration = Duration::from_millis(500);

    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        let quits = effects.contains(&Effect::QuitLock);
        let mut farewells = Vec::new();
        let (mut replies, mut last_replies) = (Vec::new(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Store { op, work } => self.ask_store(op, work),
                Effect::List { op, slowly } => self.list(op, slowly),
                Effect::Heartbeat { op, to, heartbeat } => {
                    let limit = self.timing.heartbeat_call();
                    let peer = self.peers.at(&to);
                    self.operations.spawn(async move {
                        let sent = timeout(limit, peer.heartbeat(heartbeat));
                        Done::Answered(op, Answer::Acked(sent.await.unwrap_or_else(no_answer)))
                    });
                }
                Effect::Leave { op, to, leave } => {
                    let (peer, limit) = (self.peers.at(&to), self.timing.lease);
                    self.operations.spawn(async move {
                        let sent = timeout(limit, peer.leave(leave));
                        Done::Answered(op, Answer::Left(sent.await.unwrap_or_else(no_answer)))
                    });
                }
                Effect::TellResigned { to, resigned } => farewells.push((to, resigned)),
                // Whoever waits for a stop waits for the lock to be free too.
                Effect::Reply {
                    call,
                    reply: reply @ Reply::Done(_),
                } if quits => {
                    last_replies.push((call, reply));
                }
                // Last: the store is not kept waiting for those who wake up by it.
                Effect::Reply { call, reply } => replies.push((call, reply)),
                Effect::Learn(decision) => self.view.learn([decision]),
                Effect::LearnAll(decisions) => self.view.learn(decisions),
                Effect::Forget(group) => self.view.forget(&group),
                Effect::ForgetAll => self.view.forget_all(),
                Effect::Hold { group, stamp } => self.view.hold([(group, stamp)]),
                Effect::HoldAll(held) => self.view.hold(held),
                Effect::Release(group) => self.view.release(&group),
                Effect::ReleaseAll => self.view.release_all(),
                Effect::Campaign => self.campaign(),
                Effect::YieldLock => self.yield_lock(),
                Effect::QuitLock => (self.lock_unwanted, self.quit) = (true, true),
                Effect::Report(report @ Report::Info(_)) => tracing::info!("{report}"),
                Effect::Report(report @ Report::Alarm(_)) => tracing::warn!("{report}"),
            }
        }
        for (call, reply) in replies {
            self.calls.answer(call, reply);
        }
        if quits {
            self.leave(farewells, last_replies);
        }
    }

    pub(super) fn done(&mut self, done: Done) {
        match done {
            Done::Answered(op, answer) => self.step(Input::Answer { op, answer }),
            Done::Streamed => {}
            Done::Yielded if self.quit => {}
            Done::Yielded => {
                if self.stands {
                    self.election.campaign();
                }
                self.lock_unwanted = false;
                self.hear_of_lock();
            }
            Done::Left(replies) => {
                for (call, reply) in replies {
                    self.calls.answer(call, reply);
                }
            }
        }
    }

    fn campaign(&mut self) {
        let stood = std::mem::replace(&mut self.stands, true);
        // While the lock is on its way back, the campaign begins once it is back.
        if self.lock_unwanted {
            return;
        }
        if stood {
            self.election.wake();
        } else {
            self.election.campaign();
        }
    }

    fn yield_lock(&mut self) {
        self.stands = false;
        self.lock_unwanted = true;
        let election = Arc::clone(&self.election);
        self.operations.spawn(async move {
            election.resign().await;
            Done::Yielded
        });
    }

    /// Releases the lock, then tells the others: told before, they would campaign in vain.
    fn leave(&mut self, farewells: Vec<(RpcAddr, Resigned)>, replies: Vec<(CallId, Reply)>) {
        let election = Arc::clone(&self.election);
        let peers = Arc::clone(&self.peers);
        self.operations.spawn(async move {
            if timeout(Self::FAREWELL, election.resign()).await.is_err() {
                tracing::warn!("the lock could not be released; it ends by itself");
            }
            let told = futures_util::stream::iter(farewells)
                .for_each_concurrent(64, |(to, resigned)| tell(&*peers, to, resigned));
            // Who has not heard of it finds out by itself.
            drop(timeout(Self::FAREWELL, told).await);
            Done::Left(replies)
        });
    }

    fn list(&mut self, op: OpId, slowly: bool) {
        let store = Arc::clone(&self.store);
        let limit = self.timing.store_call;
        let commands = self.commands.clone();
        // The one before, which may have hours to go, is given up.
        let number = self
            .slow_lists
            .fetch_add(u64::from(slowly), Ordering::SeqCst)
            + 1;
        let (newest, view) = (Arc::clone(&self.slow_lists), Arc::clone(&self.view));
        let go_on =
            move || number == newest.load(Ordering::SeqCst) && view.head().role == Role::Leader;
        self.operations.spawn(async move {
            let pace = slowly.then_some(&go_on as &(dyn Fn() -> bool + Sync));
            list(&*store, op, limit, &commands, pace).await;
            Done::Streamed
        });
    }

    fn ask_store(&mut self, op: OpId, work: StoreWork) {
        let store = Arc::clone(&self.store);
        let usual = self.timing.store_call;
        let limit = match &work {
            StoreWork::Commit(batch) => self.patience.for_commit(batch, usual),
            _ => usual,
        };
        self.operations
            .spawn(async move { Done::Answered(op, ask_store(&*store, work, limit).await) });
    }
}

async fn tell(peers: &dyn Peers, to: RpcAddr, resigned: Resigned) {
    if let Err(error) = peers.at(&to).resigned(resigned).await {
        tracing::debug!(%to, %error, "a gateway did not hear that this one resigned");
    }
}

async fn ask_store(store: &dyn AssignmentStore, work: StoreWork, limit: Duration) -> Answer {
    match work {
        StoreWork::ReadRecord => Answer::Record(read(limit, store.record()).await),
        StoreWork::Gateways => Answer::Gateways(read(limit, store.gateways()).await),
        StoreWork::Load(group) => Answer::Loaded(read(limit, store.load(&group)).await),
        StoreWork::Begin { expected, next } => {
            Answer::Written(write(limit, store.begin(&expected, &next)).await)
        }
        StoreWork::Verify(record) => Answer::Written(write(limit, store.verify(&record)).await),
        StoreWork::Commit(batch) => Answer::Written(match batch.to_commit(WallTime::now()) {
            Ok(commit) => write(limit, store.commit(&commit)).await,
            Err(error) => Err(WriteError::Unsupported {
                why: error.to_string(),
            }),
        }),
    }
}

/// Brings the listing in parts, as fast as the machine takes them, or one every other second for as
/// long as that is wanted.
///
/// The end goes the way of the parts: by any other it could overtake them, and the machine would
/// take a listing for whole that it has not seen.
async fn list(
    store: &dyn AssignmentStore,
    op: OpId,
    limit: Duration,
    commands: &mpsc::WeakSender<Command>,
    slowly_while: Option<&(dyn Fn() -> bool + Sync)>,
) {
    const PART: usize = 256;
    const PAUSE: Duration = Duration::from_secs(2);
    let mut parts = store.list().ready_chunks(PART);
    let mut end = None;
    while end.is_none() {
        let mut entries = Vec::new();
        match read(limit, async { Ok(parts.next().await) }).await {
            Ok(None) => end = Some(Ok(())),
            Err(error) => end = Some(Err(error)),
            Ok(Some(part)) => {
                for entry in part {
                    match entry {
                        Ok(entry) => entries.push(entry),
                        Err(error) => end = Some(Err(error)),
                    }
                }
            }
        }
        let ended = end.clone().map(Answer::ListEnded);
        for answer in [Answer::Listed(entries)].into_iter().chain(ended) {
            // Without the registry nobody wants to know.
            let Some(commands) = commands.upgrade() else {
                return;
            };
            if commands
                .send(Command::Input(Input::Answer { op, answer }))
                .await
                .is_err()
            {
                return;
            }
        }
        if let Some(go_on) = slowly_while
            && end.is_none()
        {
            sleep(PAUSE).await;
            if !go_on() {
                return;
            }
        }
    }
}

async fn read<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, ReadError>>,
) -> Result<T, ReadError> {
    let late = |_| {
        Err(ReadError::unavailable(format!(
            "no answer within {limit:?}"
        )))
    };
    timeout(limit, asked).await.unwrap_or_else(late)
}

async fn write(
    limit: Duration,
    asked: impl Future<Output = Result<(), WriteError>>,
) -> Result<(), WriteError> {
    let late = |_| {
        Err(WriteError::unavailable(format!(
            "no answer within {limit:?}"
        )))
    };
    timeout(limit, asked).await.unwrap_or_else(late)
}

fn no_answer<T>(_: tokio::time::error::Elapsed) -> Result<T, PeerError> {
    Err(PeerError::unreachable("no answer in time"))
}
