use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groupkeeper_types::{Clock, Moment};
use tokio::sync::{Notify, broadcast, watch};

use crate::{
    Ask, Campaign, CampaignConfig, Change, Changes, Effect, InvalidCampaignConfig, Leadership, Term,
};

/// What the handle, the task and the subscribers share. Every input goes through
/// [`input`](Self::input), which tells everyone before the next one can come.
pub(crate) struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Something for the task to do.
    pub(super) work: Notify,
    pub(super) term: watch::Sender<Option<Term>>,
    /// Changes whenever the answer to a waiting question may have.
    news: watch::Sender<u64>,
}

struct State {
    campaign: Campaign,
    /// Calls that the task has not begun. At most a few: one is in flight at a time.
    asks: VecDeque<Ask>,
    /// `None` after the end.
    changes: Option<broadcast::Sender<Change>>,
}

impl Shared {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        config: CampaignConfig,
        seed: u64,
    ) -> Result<Self, InvalidCampaignConfig> {
        let campaign = Campaign::new(config, seed)?;
        let changes = Some(broadcast::channel(Changes::KEPT).0);
        Ok(Self {
            clock,
            state: Mutex::new(State {
                campaign,
                asks: VecDeque::new(),
                changes,
            }),
            work: Notify::new(),
            term: watch::channel(None).0,
            news: watch::channel(0).0,
        })
    }

    /// Gives the campaign an input at the present moment.
    pub(super) fn input(&self, input: impl FnOnce(&mut Campaign, Moment) -> Vec<Effect>) {
        let mut state = self.state();
        if state.changes.is_none() {
            return;
        }
        // Read under the lock, so that moments never go backwards from one input to the next.
        let now = self.clock.now();
        for effect in input(&mut state.campaign, now) {
            match effect {
                Effect::Ask(ask) => state.asks.push_back(ask),
                Effect::Changed(change) => state.tell(change),
                Effect::Renewed(_) => {}
            }
        }
        self.publish(&state);
        drop(state);
        self.work.notify_one();
    }

    /// Ends the claim and the stream of changes. Nothing happens any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        if state.changes.is_some() {
            for effect in state.campaign.resign(self.clock.now()) {
                if let Effect::Changed(change) = effect {
                    state.tell(change);
                }
            }
            state.changes = None;
            state.asks.clear();
            self.publish(&state);
        }
    }

    /// The calls to make, and how long to sleep unless something happens.
    pub(super) fn to_do(&self) -> (Vec<Ask>, std::time::Duration) {
        let mut state = self.state();
        let asks = state.asks.drain(..).collect();
        (asks, state.campaign.next_deadline().since(self.clock.now()))
    }

    pub(super) fn leadership(&self) -> Leadership {
        let state = self.state();
        match state.changes {
            Some(_) => state.campaign.leadership(self.clock.now()),
            None => Leadership::Unknown,
        }
    }

    pub(super) fn running_term(&self) -> Option<Term> {
        let state = self.state();
        let now = self.clock.now();
        state.campaign.term().filter(|term| term.is_running(now))
    }

    /// `Some` when it neither campaigns nor has anything of the lock left.
    pub(super) fn is_out(&self) -> Option<()> {
        let state = self.state();
        (!state.campaign.is_standing() && state.campaign.holds_nothing()).then_some(())
    }

    /// The first answer that is there; `None` when the end comes first.
    pub(super) async fn wait_until<T>(&self, mut ready: impl FnMut() -> Option<T>) -> Option<T> {
        let mut news = self.news.subscribe();
        loop {
            news.mark_unchanged();
            if let Some(found) = ready() {
                return Some(found);
            }
            self.state().changes.as_ref()?;
            news.changed().await.ok()?;
        }
    }

    /// The state as it is, and every change after it; no channel after the end.
    pub(crate) fn subscribe(&self) -> (Change, Option<broadcast::Receiver<Change>>) {
        let state = self.state();
        let channel = state.changes.as_ref().map(broadcast::Sender::subscribe);
        (state.campaign.last_change().clone(), channel)
    }

    fn publish(&self, state: &State) {
        let claimed = state.campaign.term();
        self.term
            .send_if_modified(|term| std::mem::replace(term, claimed) != claimed);
        self.news
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// No code of others runs under this lock, so a panic can't leave it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&self, change: Change) {
        tracing::debug!(number = change.number, leader = %change.leadership, "leadership changed");
        if let Some(changes) = &self.changes {
            // Nobody listening is no failure: the next subscriber starts with the state.
            let _ = changes.send(change);
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("term", &*self.term.borrow())
            .finish_non_exhaustive()
    }
}
