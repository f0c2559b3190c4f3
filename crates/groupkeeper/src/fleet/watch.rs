use std::time::Duration;

use groupkeeper_registry::Registry;
use groupkeeper_registry::peer::Directory as _;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::backend::Backend;
use super::news::News;
use super::situation::Situation;

/// Tells people, in the log, what each gateway of this process waits for, and when it is ready; that
/// it is, it tells health checks too. Dropped, it tells them that none is any more.
#[derive(Debug)]
pub(super) struct Watch {
    backend: Backend,
    gateways: Vec<Watched>,
    told_whole: bool,
}

#[derive(Debug)]
struct Watched {
    registry: Registry,
    news: News,
    ready: watch::Sender<bool>,
}

impl Watch {
    const EVERY: Duration = Duration::from_millis(100);

    /// Of these gateways, each with where to say that it is ready. It stays ready through a change of
    /// leader, since it goes on answering.
    pub(super) fn new(backend: Backend, gateways: Vec<(Registry, watch::Sender<bool>)>) -> Self {
        let unheard = |(registry, ready)| Watched {
            registry,
            news: News::default(),
            ready,
        };
        Self {
            backend,
            // Of one there is nothing to say that its own line does not.
            told_whole: gateways.len() < 2,
            gateways: gateways.into_iter().map(unheard).collect(),
        }
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        let mut tick = tokio::time::interval(Self::EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.look();
        }
    }

    fn look(&mut self) {
        let store = self.backend.waits_for();
        for Watched {
            registry,
            news,
            ready,
        } in &mut self.gateways
        {
            let now = Situation::of(&registry.status(), store.clone());
            if news.is(&now) {
                let addr = &registry.me().addr;
                match now {
                    Situation::Ready { .. } | Situation::Settling { .. } => {
                        tracing::info!("ready: {addr} {now}")
                    }
                    Situation::Waiting { .. } => tracing::warn!("{addr} {now}"),
                }
            }
            if news.is_ready() {
                ready.send_if_modified(|ready| !std::mem::replace(ready, true));
            }
        }
        if !self.told_whole && self.gateways.iter().all(|it| it.news.is_ready()) {
            self.told_whole = true;
            tracing::info!("ready: the fleet of {} is whole", self.gateways.len());
        }
    }
}
