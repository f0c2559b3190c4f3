use std::collections::BTreeMap;
use std::time::Duration;

use groupkeeper_types::{GroupName, Moment, Stamp};

use crate::peer::{Found, PeerError};

/// What it is worth that a group was not stored a moment ago: it may have been given out since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RememberedNone {
    /// Nobody is told: the question stays open.
    Counts,
    /// The store is asked again.
    IsAsked,
}

/// Answers of the store that are remembered for a moment: clients repeat their question ten times a second
/// while there is no answer.
#[derive(Debug)]
pub struct KeptAnswers {
    keep: Duration,
    kept: BTreeMap<GroupName, Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    until: Moment,
    answer: Result<Option<Found>, PeerError>,
}

impl KeptAnswers {
    /// The most that are remembered.
    const MOST: usize = 4_096;

    /// None so far; each counts for so long.
    pub fn new(keep: Duration) -> Self {
        Self {
            keep,
            kept: BTreeMap::new(),
        }
    }

    /// What is remembered of a group, if it is not older than what this gateway has `heard`.
    pub fn recall(
        &self,
        group: &GroupName,
        heard: Stamp,
        none: RememberedNone,
        now: Moment,
    ) -> Option<Result<Option<Found>, PeerError>> {
        let kept = self.kept.get(group).filter(|kept| now < kept.until)?;
        let counts = match &kept.answer {
            Ok(Some(found)) => found.as_of >= heard,
            Ok(None) => none == RememberedNone::Counts,
            Err(_) => true,
        };
        counts.then(|| kept.answer.clone())
    }

    /// Remembers an answer that was confirmed at that moment.
    pub fn remember(
        &mut self,
        group: &GroupName,
        confirmed_at: Moment,
        now: Moment,
        answer: &Result<Option<Found>, PeerError>,
    ) {
        if self.kept.len() >= Self::MOST {
            self.kept.retain(|_, kept| now < kept.until);
        }
        if self.kept.len() < Self::MOST {
            let kept = Kept {
                until: confirmed_at + self.keep,
                answer: answer.clone(),
            };
            self.kept.insert(group.clone(), kept);
        }
    }
}
