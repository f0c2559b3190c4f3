//! Which filers there may be, whatever is listed now.
//!
//! The masters' leader lists only what is connected to it. One that is cut off with a single filer lists that
//! one, and by its ring the filer agrees with itself; the others may decide elsewhere under another leader.
//! So who goes on without masters asks every filer that was listed at all, until it has been missing for long.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::ServerAddress;

/// How long a filer must be missing in listings to count as gone.
const GONE: Duration = Duration::from_secs(600);

/// The filers that a process has heard of.
#[derive(Debug)]
pub(crate) struct Acquaintance {
    /// How long a process must have heard listings to know them all.
    span: Duration,
    since: Option<Instant>,
    /// Each, and since when it has been missing in listings.
    filers: BTreeMap<ServerAddress, Option<Instant>>,
}

impl Acquaintance {
    pub(crate) fn new(span: Duration) -> Self {
        Self {
            span,
            since: None,
            filers: BTreeMap::new(),
        }
    }

    /// These are listed.
    pub(crate) fn listed<'a>(
        &mut self,
        filers: impl Iterator<Item = &'a ServerAddress>,
        now: Instant,
    ) {
        self.since.get_or_insert(now);
        for missing in self.filers.values_mut() {
            missing.get_or_insert(now);
        }
        for filer in filers {
            self.filers.insert(filer.clone(), None);
        }
        let gone = |missing: Instant| now.saturating_duration_since(missing) > GONE;
        self.filers.retain(|_, missing| !missing.is_some_and(gone));
    }

    /// All that there may be, where this process knows them for long enough.
    pub(crate) fn all(&self, now: Instant) -> Result<impl Iterator<Item = &ServerAddress>, String> {
        let known = self.since.map(|since| now.saturating_duration_since(since));
        if known.is_none_or(|known| known < self.span) {
            return Err(format!(
                "this gateway knows the filers for less than {:?}, so there may be others",
                self.span
            ));
        }
        Ok(self.heard_of())
    }

    /// All that this process has heard of; there may be others.
    pub(crate) fn heard_of(&self) -> impl Iterator<Item = &ServerAddress> {
        self.filers.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_who_is_missing_until_listings_have_lacked_it_for_long() {
        let [a, b] = ["a:1", "b:1"].map(|it| ServerAddress::new(it).unwrap());
        let span = Duration::from_secs(10);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut known = Acquaintance::new(span);
        assert!(known.all(at(99)).is_err(), "nothing was listed");
        known.listed([&a, &b].into_iter(), at(0));
        assert!(known.all(at(9)).is_err(), "there may be others");
        let all = |known: &Acquaintance, at| known.all(at).unwrap().cloned().collect::<Vec<_>>();
        assert_eq!(all(&known, at(10)), [a.clone(), b.clone()]);
        // That no listing came says nothing of anybody.
        known.listed([&a].into_iter(), at(1_000));
        known.listed([&a].into_iter(), at(1_600));
        assert_eq!(all(&known, at(1_600)), [a.clone(), b]);
        known.listed([&a].into_iter(), at(1_601));
        assert_eq!(all(&known, at(1_601)), [a]);
    }
}
