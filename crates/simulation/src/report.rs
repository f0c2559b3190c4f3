use std::collections::BTreeMap;
use std::fmt;

use groupkeeper_registry::machine::Report;

use crate::faults::Kind;
use crate::mix::Mix;

macro_rules! counts {
    ($($name:ident $text:literal,)*) => {
        /// What happened in one run, or in many.
        #[derive(Debug, Clone, Default)]
        pub struct Counts {
            $(pub(crate) $name: u64,)*
            by_kind: BTreeMap<&'static str, u64>,
        }

        impl Counts {
            /// Adds another run's counts.
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
                for (kind, count) in &other.by_kind {
                    *self.by_kind.entry(kind).or_default() += count;
                }
            }

            fn rows(&self) -> Vec<(&'static str, u64)> {
                let mut rows = vec![$(($text, self.$name),)*];
                let count = |kind: &Kind| self.by_kind.get(kind.name()).copied().unwrap_or(0);
                let kinds = Kind::USUAL.iter().chain(Kind::EXTRA);
                rows.extend(kinds.map(|kind| (kind.name(), count(kind))));
                rows
            }
        }
    };
}

counts! {
    faults "faults",
    questions "questions",
    answers "answers",
    errors "questions without an answer",
    epochs "take-overs",
    terms "terms of the lock",
    roles "changes of role",
    commits "commits",
    assigned "groups given out",
    moves "moves",
    failovers "failovers of all groups at once",
    settled "half commits decided again",
    reassigned "moves by an operator",
    refused_writes "refused writes",
    half_commits "commits that stopped half way",
    half_listings "listings that stopped half way",
    late_writes "writes that came late",
    old_reads "reads of an old copy",
    lost_groups "decisions that the store lost",
    store_calls_lost "calls lost on their way to the store",
    store_answers_lost "answers of the store lost",
    lock_calls_lost "calls lost on their way to the lock service",
    lock_answers_lost "answers of the lock service lost",
    lost "messages lost",
    late "messages late",
    doubled "messages doubled",
    graceful_stops "graceful stops",
    stops_cut_short "graceful stops cut short",
    owned "groups that a gateway may act for from then on",
    long_pauses "pauses past the lease",
    overlaps "two leaders by their own clocks",
    alarms "alarms",
}

impl Counts {
    pub(crate) fn fault(&mut self, kind: Kind) {
        self.faults += 1;
        *self.by_kind.entry(kind.name()).or_default() += 1;
    }

    pub(crate) fn report(&mut self, report: &Report) {
        self.alarms += u64::from(matches!(report, Report::Alarm(_)));
    }

    /// What never happened: a simulation that does not do it proves nothing about it.
    pub fn missing(&self, mix: &Mix) -> Vec<&'static str> {
        let left_out = Kind::EXTRA.iter().filter(|kind| !mix.has(**kind));
        // Rows that only some of them bring.
        let theirs = ["reads of an old copy", "decisions that the store lost"];
        let some_left_out = left_out.clone().next().is_some();
        let wanted = |name: &str| {
            let by_them = some_left_out && theirs.contains(&name);
            !by_them && left_out.clone().all(|kind| kind.name() != name)
        };
        let rows = self.rows().into_iter();
        rows.filter(|(name, count)| *count == 0 && wanted(name))
            .map(|(name, _)| name)
            .collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in self.rows() {
            writeln!(f, "{count:>12}  {name}")?;
        }
        Ok(())
    }
}
