use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::fleet::{Fleet, GROUPS};
use crate::history::{Answer, Event, History};

impl Fleet {
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
        let before = self.recorder.look(|history| {
            let epochs = living
                .iter()
                .filter_map(|&place| epoch_before(history, self.nodes[place].process, since));
            epochs.max().unwrap_or(0)
        });
        self.until_since(since, "a new leader", |history, since| {
            let named = living
                .iter()
                .map(|&place| first_named(history, self.nodes[place].process, since, before));
            named.collect::<Option<Vec<_>>>()?.into_iter().max()
        })
        .await
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
        let addrs: Vec<&str> = living
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

pub(super) fn owned(history: &History, from: u64) -> bool {
    let claims = history.events.iter().rev().filter_map(|event| match event {
        Event::Claims { start, held, .. } if *start >= from => Some(held.keys()),
        _ => None,
    });
    claims.flatten().collect::<BTreeSet<_>>().len() == GROUPS
}

pub(super) fn answered(history: &History, from: u64, pairs: usize) -> bool {
    let named = history.events.iter().rev().filter_map(|event| match event {
        Event::Answer {
            process,
            group,
            start,
            answer: Answer::At(_),
            ..
        } if *start >= from => Some((process, group)),
        _ => None,
    });
    named.collect::<BTreeSet<_>>().len() == pairs
}

/// Whom a process named as leader last, with the epoch.
fn leader_of(history: &History, asked: usize, from: u64) -> Option<(String, u64)> {
    let last = history.events.iter().rev().find_map(|event| match event {
        Event::Leader {
            process,
            start,
            leader,
            ..
        } if *process == asked && *start >= from => Some(leader.clone()),
        _ => None,
    });
    last?
}

fn epoch_before(history: &History, asked: usize, before: u64) -> Option<u64> {
    let epochs = history.events.iter().filter_map(|event| match event {
        Event::Leader {
            process,
            end,
            leader: Some((_, epoch)),
            ..
        } if *process == asked && *end <= before => Some(*epoch),
        _ => None,
    });
    epochs.max()
}

/// When a process first named a leader of a later epoch than this one.
fn first_named(history: &History, asked: usize, since: u64, before: u64) -> Option<u64> {
    history.events.iter().find_map(|event| match event {
        Event::Leader {
            process,
            end,
            leader: Some((_, epoch)),
            ..
        } if *process == asked && *end >= since && *epoch > before => Some(*end),
        _ => None,
    })
}

/// When a process began to name one of these addresses for a group, if it does so still.
fn settled(history: &History, asked: usize, of: &str, since: u64, addrs: &[&str]) -> Option<u64> {
    let answers = history.events.iter().rev().filter_map(|event| match event {
        Event::Answer {
            process,
            group,
            start,
            end,
            answer,
        } if *process == asked && *end >= since && group == of => Some((*start, *end, answer)),
        _ => None,
    });
    let right = |answer: &Answer| matches!(answer, Answer::At(at) if addrs.contains(&at.as_str()));
    let run = answers.take_while(|(_, _, answer)| right(answer));
    run.filter(|(start, ..)| *start >= since)
        .map(|(_, end, _)| end)
        .last()
}
