use std::time::Duration;

use groupkeeper_registry::Registry;
use groupkeeper_registry::peer::Directory as _;

use super::backend::Backend;
use super::situation::Situation;

/// Tells people, in the log, what each gateway of this process waits for, and when it is ready.
#[derive(Debug)]
pub(super) struct Watch {
    backend: Backend,
    gateways: Vec<Watched>,
    told_whole: bool,
}

#[derive(Debug)]
struct Watched {
    registry: Registry,
    told: Option<Situation>,
    /// Looks in a row at which it was not ready.
    waiting: u32,
}

impl Watch {
    const EVERY: Duration = Duration::from_millis(100);
    /// A wait is told after so many looks: a start takes a second, and says nothing.
    const FIRST: u32 = 12;
    /// And told again after so many, changed or not.
    const AGAIN: u32 = 300;

    pub(super) fn new(backend: Backend, registries: &[Registry]) -> Self {
        let watched = |registry: &Registry| Watched {
            registry: registry.clone(),
            told: None,
            waiting: 0,
        };
        Self {
            backend,
            gateways: registries.iter().map(watched).collect(),
            told_whole: registries.len() < 2,
        }
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        let mut tick = tokio::time::interval(Self::EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            for gateway in &mut self.gateways {
                gateway.look(&self.backend);
            }
            let ready = |gateway: &Watched| matches!(gateway.told, Some(Situation::Ready { .. }));
            if !self.told_whole && self.gateways.iter().all(ready) {
                self.told_whole = true;
                tracing::info!("ready: the fleet of {} is whole", self.gateways.len());
            }
        }
    }
}

impl Watched {
    fn look(&mut self, backend: &Backend) {
        let now = Situation::of(&self.registry.status(), backend.waits_for());
        let addr = &self.registry.me().addr;
        let news = self.told.as_ref() != Some(&now);
        if let Situation::Ready { .. } = now {
            self.waiting = 0;
            if news {
                tracing::info!("ready: {addr} {now}");
            }
        } else {
            self.waiting = self.waiting.saturating_add(1);
            let due = self.waiting == Watch::FIRST || self.waiting.is_multiple_of(Watch::AGAIN);
            if !due && (!news || self.waiting < Watch::FIRST) {
                return;
            }
            tracing::warn!("{addr} {now}");
        }
        self.told = Some(now);
    }
}
