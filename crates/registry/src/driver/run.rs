use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_election::Election;
use groupkeeper_types::{Clock, Timing};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::calls::{Calls, Command};
use super::effects::Done;
use super::patience::Patience;
use crate::machine::{Head, Input, LockNews, Machine};
use crate::peer::{Peers, Role};
use crate::view::View;

/// The task that runs the machine. It owns every operation it has started: they end with it.
pub(super) struct Driver {
    pub(super) machine: Machine,
    pub(super) election: Arc<Election>,
    pub(super) store: Arc<dyn AssignmentStore>,
    pub(super) peers: Arc<dyn Peers>,
    pub(super) view: Arc<View>,
    pub(super) calls: Calls,
    pub(super) operations: JoinSet<Done>,
    /// For operations that bring their answer in parts. Weak, so that the queue ends with the
    /// registry's last handle.
    pub(super) commands: mpsc::WeakSender<Command>,
    pub(super) timing: Timing,
    pub(super) patience: Patience,
    /// How many slow listings there have been: only the newest goes on.
    pub(super) slow_lists: Arc<AtomicU64>,
    /// While the lock is on its way back, and after it was given up for good, the election's word
    /// is not to be acted on.
    pub(super) lock_unwanted: bool,
    /// Whether this gateway campaigns, or is to once the lock is back.
    pub(super) stands: bool,
    /// It was given up for good.
    pub(super) quit: bool,
    clock: Arc<dyn Clock>,
    changed: watch::Sender<()>,
}

impl Driver {
    /// The machine is given time at least so often. Its deadlines count suspension, the timers of
    /// the runtime do not.
    const LONGEST_SLEEP: Duration = Duration::from_millis(500);

    /// How often calls that nobody waits for are cleared away.
    const SWEEP: Duration = Duration::from_secs(1);

    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one task, given once"
    )]
    pub(super) fn new(
        machine: Machine,
        election: Election,
        store: Arc<dyn AssignmentStore>,
        peers: Arc<dyn Peers>,
        clock: Arc<dyn Clock>,
        view: Arc<View>,
        changed: watch::Sender<()>,
        commands: mpsc::WeakSender<Command>,
        timing: Timing,
    ) -> Self {
        Self {
            machine,
            election: Arc::new(election),
            store,
            peers,
            view,
            calls: Calls::default(),
            operations: JoinSet::new(),
            commands,
            timing,
            patience: Patience::default(),
            slow_lists: Arc::default(),
            lock_unwanted: false,
            stands: true,
            quit: false,
            clock,
            changed,
        }
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut changes = self.election.changes();
        let mut terms = self.election.term();
        let mut sweep = tokio::time::interval(Self::SWEEP);
        self.step(Input::Tick);
        loop {
            let due = self.machine.deadline().since(self.clock.now());
            tokio::select! {
                command = queue.recv() => match command {
                    Some(Command::Call(call)) => {
                        let input = self.calls.admit(call);
                        self.step(input);
                    }
                    Some(Command::Input(input)) => self.step(input),
                    None => return,
                },
                Some(done) = self.operations.join_next() => match done {
                    Ok(done) => self.done(done),
                    // An operation is never cancelled while this task lives: it panicked, which is
                    // a bug that must not be taken for a store that is slow.
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                },
                Ok(()) = terms.changed() => self.hear_of_lock(),
                changed = changes.next() => match changed {
                    Some(_) => self.hear_of_lock(),
                    // Nobody stops it before this task ends, so it has panicked.
                    None => return tracing::error!("the election has failed"),
                },
                () = tokio::time::sleep(due.min(Self::LONGEST_SLEEP)) => self.step(Input::Tick),
                _ = sweep.tick() => {
                    for input in self.calls.abandoned() {
                        self.step(input);
                    }
                }
            }
        }
    }

    pub(super) fn step(&mut self, input: Input) {
        let mut effects = Vec::new();
        self.machine.step(self.clock.now(), input, &mut effects);
        let head = self.machine.head();
        let before = self.view.head();
        if head.lease_until < before.lease_until {
            // The lease that was published ends before anything is held that it was not given for.
            self.view.end_lease();
        }
        self.carry_out(effects);
        if head != *before {
            let rpc = |head: &Head| head.leader.as_ref().map(|leader| leader.rpc.clone());
            if head.role != Role::Leader
                && let Some(leader) = rpc(&head)
                && rpc(&before).as_ref() != Some(&leader)
            {
                self.peers.retain(&[leader]);
            }
            self.view.publish(head);
            self.changed.send_replace(());
        }
    }

    pub(super) fn hear_of_lock(&mut self) {
        if self.lock_unwanted {
            return;
        }
        let news = match (self.election.term_end(), self.election.leader()) {
            (Some(until), _) => LockNews::Mine { until },
            (None, Some(owner)) => LockNews::HeldBy(owner),
            (None, None) => LockNews::Free,
        };
        self.step(Input::Lock(news));
    }
}
