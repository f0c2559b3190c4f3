use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

/// What to measure, how long, and where to write it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Settings {
    /// A short run that checks answers; its figures mean nothing.
    #[arg(long)]
    pub(crate) quick: bool,
    /// One row alone.
    #[arg(long, value_enum)]
    only: Option<Row>,
    /// Where the report goes.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Writes the report here, too, for people to read.
    #[arg(long, value_name = "FILE")]
    pub(crate) publish: Option<PathBuf>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Row {
    /// FindCoordinator of known groups, beside the reference and an echo server.
    Lookups,
    /// FindCoordinator of new groups, beside what the filer takes by itself.
    NewGroups,
    /// A coordinator is killed: its groups at the living, and their files behind it.
    Failover,
    /// A gateway starts on a store with a million groups, beside the filer's own listing.
    TakeOver,
    /// What a group costs a leader in memory.
    Memory,
    /// A leader is killed or stopped, beside the reference.
    Leaders,
}

impl Row {
    /// Its title in the report.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Lookups => "FindCoordinator of known groups",
            Self::NewGroups => "New groups",
            Self::Failover => "Failover of a coordinator's groups",
            Self::TakeOver => "Taking over a great many groups",
            Self::Memory => "Memory",
            Self::Leaders => "A leader goes",
        }
    }
}

impl Settings {
    /// What to measure, in the report's order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        let all = Row::value_variants().iter().copied();
        all.filter(|&row| self.only.is_none_or(|only| only == row))
    }

    /// How often each figure is taken.
    pub(crate) const fn rounds(&self) -> usize {
        if self.quick { 1 } else { 7 }
    }

    /// How often a figure is taken that takes half a minute or more.
    pub(crate) const fn long_rounds(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }

    /// How long one figure is taken for.
    pub(crate) const fn span(&self) -> Duration {
        Duration::from_millis(if self.quick { 200 } else { 2_000 })
    }

    /// How long a load runs before it counts.
    pub(crate) const fn warm_up(&self) -> Duration {
        Duration::from_millis(if self.quick { 50 } else { 300 })
    }
}
