use std::time::Duration;

use groupkeeper_registry::Registry;
use groupkeeper_registry::peer::Directory as _;
use tokio::time::MissedTickBehavior;

use super::backend::Backend;
use super::news::News;
use super::situation::Situation;

/// Tells people, in the log, what each gateway of this process waits for, and when it is ready.
#[derive(Debug)]
pub(super) struct Watch {
    backend: Backend,
    gateways: Vec<(Registry, News)>,
    told_whole: bool,
}

impl Watch {
    const EVERY: Duration = Duration::from_millis(100);

    pub(super) fn new(backend: Backend, registries: &[Registry]) -> Self {
        let unheard = |registry: &Registry| (registry.clone(), News::default());
        Self {
            backend,
            gateways: registries.iter().map(unheard).collect(),
            // Of one there is nothing to say that its own line does not.
            told_whole: registries.len() < 2,
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
        for (registry, news) in &mut self.gateways {
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
        }
        if !self.told_whole && self.gateways.iter().all(|(_, news)| news.is_ready()) {
            self.told_whole = true;
            tracing::info!("ready: the fleet of {} is whole", self.gateways.len());
        }
    }
}
