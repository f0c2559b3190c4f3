//! Runs a search, and says what came of it.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use stateright::report::{ReportData, ReportDiscovery, Reporter};
use stateright::{Checker, Expectation, HasDiscoveries, Model};

use crate::bounds::Bounds;
use crate::fleet::Fleet;
use crate::seen::{Kind, Seen};

/// What came of a search.
#[derive(Debug)]
pub struct Outcome {
    /// States that were come upon, as often as they were.
    pub states: usize,
    /// Different ones.
    pub unique: usize,
    /// The longest of the shortest ways to a state, in steps.
    pub depth: usize,
    /// How long it took.
    pub took: Duration,
    /// A promise that was broken, and how.
    pub broken: Option<Broken>,
    /// What should have been come upon, and was not.
    pub unseen: Vec<Kind>,
    /// How often each kind of event was.
    pub seen: Arc<Seen>,
}

/// A promise, and a way to break it.
#[derive(Debug)]
pub struct Broken {
    /// Which: one of the properties.
    pub property: &'static str,
    /// What happens, and what each gateway would answer after it.
    pub path: Vec<String>,
}

/// Searches everything within these bounds, on so many threads, until a promise is broken. Ends by
/// itself; waits meanwhile. `progress` is told every few seconds.
pub fn search(bounds: Bounds, threads: usize, progress: &mut (dyn Write + Send)) -> Outcome {
    let must_see = bounds.must_see;
    let fleet = Fleet::new(bounds);
    let seen = Arc::clone(&fleet.seen);
    let mut watch = Watch {
        out: progress,
        last: Duration::ZERO,
        took: Duration::ZERO,
    };
    let checker = fleet
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join_and_report(&mut watch);
    let properties = checker.model().properties();
    let mut always = properties
        .iter()
        .filter(|it| it.expectation == Expectation::Always);
    let broken = always.find_map(|property| {
        let path = checker.discovery(property.name)?;
        let mut lines = Vec::new();
        for (state, action) in path.into_vec() {
            lines.push(format!("      {}", state.told()));
            lines.extend(action.map(|action| format!("  {action:?}")));
        }
        Some(Broken {
            property: property.name,
            path: lines,
        })
    });
    let unseen = must_see.iter().copied().filter(|it| seen.count(*it) == 0);
    Outcome {
        states: checker.state_count(),
        unique: checker.unique_state_count(),
        depth: checker.max_depth(),
        took: watch.took,
        unseen: unseen.collect(),
        broken,
        seen,
    }
}

struct Watch<'a> {
    out: &'a mut (dyn Write + Send),
    last: Duration,
    took: Duration,
}

impl Watch<'_> {
    const EVERY: Duration = Duration::from_secs(10);
}

impl Reporter<Fleet> for Watch<'_> {
    fn report_checking(&mut self, data: ReportData) {
        self.took = data.duration;
        if data.done || data.duration < self.last + Self::EVERY {
            return;
        }
        self.last = data.duration;
        let (states, unique) = (data.total_states, data.unique_states);
        let rate = per_second(states, data.duration);
        // Nobody may be listening; the search goes on.
        let _ = writeln!(
            self.out,
            "    {states} states, {unique} unique, {rate} states/s"
        );
    }

    fn report_discoveries(
        &mut self,
        _: &Fleet,
        _: std::collections::BTreeMap<&'static str, ReportDiscovery<Fleet>>,
    ) {
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(50)
    }
}

/// So many in so long, each second.
pub fn per_second(count: usize, took: Duration) -> u128 {
    count as u128 * 1_000 / took.as_millis().max(1)
}
