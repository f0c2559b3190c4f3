use futures_util::{FutureExt, StreamExt, stream};
use groupkeeper_types::GroupName;

use super::state::State;
use super::write::Write;
use super::{Call, Fault, MemoryAssignmentStore};
use crate::{LeaderRecord, Listing, ReadError, WriteError};

/// What a store held at one time, to go back to.
#[derive(Debug, Clone)]
pub struct Snapshot(State);

/// Faults, to be had with the feature `testing`. Clones of a store share them.
impl MemoryAssignmentStore {
    /// The same data, as somebody sees it whose calls go wrong by themselves.
    #[must_use]
    pub fn seen_from_elsewhere(&self) -> Self {
        Self {
            state: self.state.clone(),
            faults: std::sync::Arc::default(),
        }
    }

    /// The next such call goes wrong like this; several faults strike one call each, in turn.
    pub fn fault(&self, call: Call, fault: Fault) {
        self.faults.plan().once(call, fault);
    }

    /// Every such call goes wrong like this until [`heal`](Self::heal), after those of
    /// [`fault`](Self::fault).
    pub fn fault_always(&self, call: Call, fault: Fault) {
        self.faults.plan().always(call, fault);
    }

    /// Every call is unavailable until [`heal`](Self::heal).
    pub fn outage(&self) {
        Call::ALL
            .into_iter()
            .for_each(|call| self.fault_always(call, Fault::Unavailable));
    }

    /// No call goes wrong any more. Calls at a gate stay there, and late writes stay late.
    pub fn heal(&self) {
        self.faults.plan().heal();
    }

    /// How many such calls there were since the store was made, those that went wrong included.
    pub fn calls(&self, call: Call) -> usize {
        self.faults.plan().calls(call)
    }

    /// Lets the oldest late write arrive, and tells what came of it; `None` when there is none.
    pub fn land_late(&self) -> Option<Result<(), WriteError>> {
        let write = self.faults.plan().late.pop_front()?;
        Some(self.state().apply(&write, None))
    }

    /// Puts something unreadable where a group's assignment stands, or would stand.
    pub fn corrupt(&self, group: &GroupName) {
        let name = group.as_str().to_owned();
        self.state()
            .assignments
            .insert(name, b"{\"torn\":".to_vec());
    }

    /// Puts something unreadable where the leader record stands.
    pub fn corrupt_record(&self) {
        self.state().record = Some(b"{\"torn\":".to_vec());
    }

    /// What the store holds now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.state().clone())
    }

    /// Goes back to what the store once held, as a replica does that lost its newest writes.
    pub fn restore(&self, snapshot: &Snapshot) {
        *self.state() = snapshot.0.clone();
    }

    /// Only the leader record goes back, or away.
    pub fn restore_record(&self, record: Option<&LeaderRecord>) {
        self.state().record = record.map(LeaderRecord::encode);
    }

    pub(super) async fn read<T>(
        &self,
        call: Call,
        read: impl FnOnce(&State) -> Result<T, ReadError> + Send,
    ) -> Result<T, ReadError> {
        let fault = self.faults.plan().strike(call);
        match fault {
            Fault::None => read(&self.state()),
            Fault::HeldRequest(gate) => {
                gate.pass().await;
                read(&self.state())
            }
            Fault::HeldAnswer(gate) => {
                let answer = read(&self.state());
                gate.pass().await;
                answer
            }
            Fault::Unavailable | Fault::LostAnswer | Fault::StopsAfter(_) | Fault::Late => {
                Err(ReadError::unavailable("a fault was asked for"))
            }
        }
    }

    pub(super) async fn write(&self, write: Write) -> Result<(), WriteError> {
        let lost = || Err(WriteError::unavailable("a fault was asked for"));
        let fault = self.faults.plan().strike(write.call());
        match fault {
            Fault::None => self.state().apply(&write, None),
            Fault::Unavailable => lost(),
            Fault::LostAnswer => {
                // Refused or not, nobody hears of it.
                let _ = self.state().apply(&write, None);
                lost()
            }
            Fault::StopsAfter(changes) if matches!(write, Write::Commit(_)) => {
                self.state().apply(&write, Some(changes))
            }
            Fault::StopsAfter(_) => lost(),
            Fault::HeldRequest(gate) => {
                gate.pass().await;
                self.state().apply(&write, None)
            }
            Fault::HeldAnswer(gate) => {
                let answer = self.state().apply(&write, None);
                gate.pass().await;
                answer
            }
            Fault::Late => {
                self.faults.plan().late.push_back(write);
                lost()
            }
        }
    }

    pub(super) fn listing(&self) -> Listing {
        let failure = || stream::iter([Err(ReadError::unavailable("a fault was asked for"))]);
        let fault = self.faults.plan().strike(Call::List);
        match fault {
            Fault::None => self.pages(),
            Fault::StopsAfter(entries) => self.pages().take(entries).chain(failure()).boxed(),
            Fault::HeldRequest(gate) | Fault::HeldAnswer(gate) => {
                let store = self.clone();
                let pages = async move {
                    gate.pass().await;
                    store.pages()
                };
                pages.flatten_stream().boxed()
            }
            Fault::Unavailable | Fault::LostAnswer | Fault::Late => failure().boxed(),
        }
    }
}

impl Write {
    fn call(&self) -> Call {
        match self {
            Self::Begin { .. } => Call::Begin,
            Self::Commit(_) => Call::Commit,
            Self::Verify(_) => Call::Verify,
        }
    }
}
