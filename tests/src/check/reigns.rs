use std::collections::{BTreeMap, BTreeSet};

use crate::history::{Event, History, Token};

/// Which addresses owned each group, one after the other, as the tokens of their claims order them.
#[derive(Debug)]
pub(super) struct Reigns(BTreeMap<String, Vec<Reign>>);

/// The time in which one address owned a group, as far as it was seen.
#[derive(Debug, Clone)]
pub(super) struct Reign {
    pub(super) addr: String,
    pub(super) first_token: Token,
    /// When the first of its claims was there: it had begun by then.
    pub(super) began: u64,
    /// When the last of its claims was asked for: it was not over by then.
    pub(super) lasted: u64,
}

impl Reigns {
    pub(super) fn of(history: &History) -> Self {
        let mut claims = BTreeMap::<&str, BTreeMap<Token, Reign>>::new();
        for event in &history.events {
            let Event::Claims {
                process,
                start,
                end,
                held,
            } = event
            else {
                continue;
            };
            for (group, claim) in held {
                let of_group = claims.entry(group).or_default();
                let reign = of_group.entry(claim.token).or_insert_with(|| Reign {
                    addr: history.addr(*process).to_owned(),
                    first_token: claim.token,
                    began: *end,
                    lasted: *start,
                });
                reign.began = reign.began.min(*end);
                reign.lasted = reign.lasted.max(*start);
            }
        }
        let joined = claims.into_iter().map(|(group, by_token)| {
            let mut reigns = Vec::<Reign>::new();
            for reign in by_token.into_values() {
                match reigns.last_mut() {
                    Some(last) if last.addr == reign.addr => {
                        last.lasted = last.lasted.max(reign.lasted);
                    }
                    _ => reigns.push(reign),
                }
            }
            (group.to_owned(), reigns)
        });
        Self(joined.collect())
    }

    pub(super) fn of_group(&self, group: &str) -> &[Reign] {
        self.0.get(group).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &[Reign])> {
        let groups = self.0.iter();
        groups.map(|(group, reigns)| (group.as_str(), reigns.as_slice()))
    }

    pub(super) fn moves(&self) -> usize {
        self.0.values().map(|reigns| reigns.len() - 1).sum()
    }

    /// Every address that may have been a group's coordinator at some moment of a time; none when
    /// the group had not been seen before.
    pub(super) fn between(&self, group: &str, start: u64, end: u64) -> BTreeSet<&str> {
        let reigns = self.of_group(group);
        let spans = reigns.iter().enumerate().filter(|(place, reign)| {
            let ends = reigns.get(place + 1).map_or(u64::MAX, |next| next.began);
            let begins = match place.checked_sub(1) {
                Some(before) => reigns[before].lasted,
                None => reign.began,
            };
            begins <= end && start <= ends
        });
        spans.map(|(_, reign)| reign.addr.as_str()).collect()
    }
}
