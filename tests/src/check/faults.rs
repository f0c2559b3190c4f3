use std::collections::BTreeMap;

use super::LEASE;
use crate::history::{Event, Fault, History};

/// When which gateway, and the store, were not promised to be well.
#[derive(Debug, Default)]
pub(super) struct Faults {
    gateways: BTreeMap<String, Vec<Span>>,
    store: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: u64,
    /// `u64::MAX` while it lasts.
    pub(super) to: u64,
    pub(super) what: Fault,
}

impl Faults {
    pub(super) fn of(history: &History) -> Self {
        let mut faults = Self::default();
        for event in &history.events {
            match event {
                Event::Fault { addr, what, at } => {
                    let spans = faults.gateways.entry(addr.clone()).or_default();
                    spans.push(Span::open(*at, *what));
                }
                Event::Healed { addr, at } => {
                    let spans = faults.gateways.entry(addr.clone()).or_default();
                    close(spans, *at);
                }
                Event::StoreFault { at } => faults.store.push(Span::open(*at, Fault::Paused)),
                Event::StoreHealed { at } => close(&mut faults.store, *at),
                Event::Answer { .. } | Event::Claims { .. } | Event::Leader { .. } => {}
            }
        }
        faults
    }

    /// Whether a gateway was well, and the fleet had got over its last fault, all through a time.
    pub(super) fn is_well(&self, addr: &str, start: u64, end: u64) -> bool {
        let spans = self.gateways.get(addr);
        spans.is_none_or(|spans| !spans.iter().any(|span| span.touches(start, end)))
    }

    /// Whether the store was well, and the fleet had got over its last fault, all through a time.
    pub(super) fn store_is_well(&self, start: u64, end: u64) -> bool {
        !self.store.iter().any(|span| span.touches(start, end))
    }

    pub(super) fn of_gateways(&self) -> impl Iterator<Item = (&str, Span)> {
        let all = self.gateways.iter();
        all.flat_map(|(addr, spans)| spans.iter().map(move |span| (addr.as_str(), *span)))
    }
}

impl Span {
    const fn open(from: u64, what: Fault) -> Self {
        Self {
            from,
            to: u64::MAX,
            what,
        }
    }

    /// A fault is felt for a lease after it is over: what a leader has begun because of it goes on.
    const fn touches(&self, start: u64, end: u64) -> bool {
        self.from <= end && start <= self.to.saturating_add(LEASE)
    }
}

fn close(spans: &mut [Span], at: u64) {
    for span in spans.iter_mut().filter(|span| span.to == u64::MAX) {
        span.to = at;
    }
}
