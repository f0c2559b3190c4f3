use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::fleet::Fleet;
use super::seen::{epoch_before, first_named, leader_of, settled};
use crate::history::{Event, History};

impl<S> Fleet<S> {
    /// Waits until what was seen since this call says so.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn until<T>(&self, what: &str, found: impl Fn(&History, u64) -> Option<T>) -> T {
        self.until_since(self.recorder.now(), what, found).await
    }

    /// Waits until what was seen since a moment says so.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn until_since<T>(
        &self,
        since: u64,
        what: &str,
        found: impl Fn(&History, u64) -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = self.recorder.look(|history| found(history, since)) {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "a minute passed, and not yet: {what}"
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The place of the leader, on which all living gateways agree now.
    ///
    /// # Panics
    /// When they don't within a minute.
    pub async fn leader(&self, living: &[usize]) -> usize {
        let named = self.until("all name one leader", |history, from| {
            let named = living.iter().map(|&place| {
                leader_of(history, self.nodes[place].process, from).map(|(leader, _)| leader)
            });
            let named = named.collect::<Option<Vec<_>>>()?;
            named
                .windows(2)
                .all(|pair| pair[0] == pair[1])
                .then(|| named[0].clone())
        });
        let named = named.await;
        let place = self
            .nodes
            .iter()
            .position(|node| node.addr.as_str() == named);
        place.expect("a gateway of this fleet leads")
    }

    /// When each of these gateways had named a leader of a later epoch than it had before a moment.
    pub async fn new_leader(&self, since: u64, living: &[usize]) -> u64 {
        let before = self.epoch_of(living, since);
        self.until_since(since, "a new leader", |history, since| {
            let named = living
                .iter()
                .map(|&place| first_named(history, self.nodes[place].process, since, before));
            named.collect::<Option<Vec<_>>>()?.into_iter().max()
        })
        .await
    }

    /// When one of these gateways first said that it leads, in a later epoch than any before a moment.
    pub async fn another_leads(&self, since: u64, living: &[usize]) -> u64 {
        let before = self.epoch_of(living, since);
        let living: Vec<usize> = living
            .iter()
            .map(|&place| self.nodes[place].process)
            .collect();
        self.until_since(since, "another gateway leads", |history, since| {
            history.events.iter().find_map(|event| match event {
                Event::Leader {
                    process,
                    end,
                    leader: Some((_, epoch)),
                    leads: true,
                    ..
                } if living.contains(process) && *end >= since && *epoch > before => Some(*end),
                _ => None,
            })
        })
        .await
    }

    /// The highest epoch that these gateways had named by a moment.
    fn epoch_of(&self, living: &[usize], by: u64) -> u64 {
        self.recorder.look(|history| {
            let epochs = living
                .iter()
                .filter_map(|&place| epoch_before(history, self.nodes[place].process, by));
            epochs.max().unwrap_or(0)
        })
    }

    /// When a gateway last said that it leads; `since` when it had not since then.
    pub fn last_led(&self, place: usize, since: u64) -> u64 {
        let asked = self.nodes[place].process;
        let last = self.recorder.look(|history| {
            history.events.iter().rev().find_map(|event| match event {
                Event::Leader {
                    process,
                    end,
                    leads: true,
                    ..
                } if *process == asked => Some(*end),
                _ => None,
            })
        });
        last.unwrap_or(since).max(since)
    }

    /// When each of these gateways had named one of them for each of these groups, and never anything
    /// else since.
    pub async fn answered_by(&self, since: u64, groups: &[String], living: &[usize]) -> u64 {
        self.answered_with(since, groups, living, living).await
    }

    /// When each of these gateways had named one of some others for each of these groups, and never
    /// anything else since.
    pub async fn answered_with(
        &self,
        since: u64,
        groups: &[String],
        living: &[usize],
        named: &[usize],
    ) -> u64 {
        let addrs: Vec<&str> = named
            .iter()
            .map(|&place| self.nodes[place].addr.as_str())
            .collect();
        self.until_since(
            since,
            "the living answer, and name the living",
            |history, since| {
                let mut latest = since;
                for &place in living {
                    for group in groups {
                        let process = self.nodes[place].process;
                        latest = latest.max(settled(history, process, group, since, &addrs)?);
                    }
                }
                Some(latest)
            },
        )
        .await
    }

    /// When each of these groups was owned by one of the living.
    pub async fn owned_by(&self, since: u64, groups: &[String], living: &[usize]) -> u64 {
        let living: Vec<usize> = living
            .iter()
            .map(|&place| self.nodes[place].process)
            .collect();
        self.until_since(since, "the living own every group", |history, since| {
            let mut latest = since;
            for group in groups {
                let first = history.events.iter().find_map(|event| match event {
                    Event::Claims {
                        process,
                        start,
                        end,
                        held,
                    } if *start >= since
                        && living.contains(process)
                        && held.contains_key(group) =>
                    {
                        Some(*end)
                    }
                    _ => None,
                });
                latest = latest.max(first?);
            }
            Some(latest)
        })
        .await
    }
}
