use std::collections::BTreeMap;

use super::{Fleet, Recorder};
use crate::history::{Event, Token};

/// A store as a gateway's author has one: it takes no write under a token that is less than the greatest
/// under which it took one for the group.
#[derive(Debug, Default)]
pub struct Downstream {
    greatest: BTreeMap<String, Token>,
}

impl Downstream {
    /// Whether a write is taken.
    pub fn write(&mut self, group: &str, token: Token) -> bool {
        let greatest = self.greatest.entry(group.to_owned()).or_insert(token);
        let taken = token >= *greatest;
        *greatest = token.max(*greatest);
        taken
    }
}

impl Recorder {
    /// The tokens under which a process was last seen to own groups.
    pub fn tokens_of(&self, asked: usize) -> BTreeMap<String, Token> {
        let last = self.look(|history| {
            history.events.iter().rev().find_map(|event| match event {
                Event::Claims { process, held, .. } if *process == asked && !held.is_empty() => {
                    Some(held.clone())
                }
                _ => None,
            })
        });
        let held = last.unwrap_or_default().into_iter();
        held.map(|(group, claim)| (group, claim.token)).collect()
    }
}

impl<S> Fleet<S> {
    /// Waits until somebody else than a process is seen to own each of these groups, and returns the
    /// gateways' places and the tokens.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn owned_after(
        &self,
        groups: &BTreeMap<String, Token>,
        dead: usize,
    ) -> BTreeMap<String, (usize, Token)> {
        self.until(
            "each group of the dead process is owned again",
            |history, since| {
                let mut owners = BTreeMap::new();
                for event in &history.events {
                    if let Event::Claims {
                        process,
                        start,
                        held,
                        ..
                    } = event
                        && *start >= since
                        && *process != dead
                    {
                        let place = self.nodes.iter().position(|node| node.process == *process);
                        let held = held.iter().filter(|(group, _)| groups.contains_key(*group));
                        owners.extend(held.filter_map(|(group, claim)| {
                            Some((group.clone(), (place?, claim.token)))
                        }));
                    }
                }
                (owners.len() == groups.len()).then_some(owners)
            },
        )
        .await
    }
}
