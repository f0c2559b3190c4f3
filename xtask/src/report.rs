//! What the scenarios measured, over all runs: for people, and the same for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// What one run of one scenario left behind.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Outcome {
    pub(crate) scenario: String,
    #[serde(default)]
    pub(crate) passed: bool,
    violations: Vec<String>,
    figures: Vec<Figure>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
struct Figure {
    name: String,
    unit: String,
    value: Option<f64>,
    limit: Option<f64>,
}

impl Outcome {
    /// Of a scenario that came to no end.
    pub(crate) fn without_figures(scenario: &str) -> Self {
        Self {
            scenario: scenario.to_owned(),
            passed: false,
            violations: Vec::new(),
            figures: Vec::new(),
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        !self.passed
    }
}

/// All runs so far.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    commit: String,
    processors: usize,
    runs_wanted: u32,
    /// By run, in order.
    runs: BTreeMap<u32, Vec<Outcome>>,
}

/// One figure over all runs of its scenario.
struct Row<'a> {
    scenario: &'a str,
    name: &'a str,
    limit: Option<f64>,
    /// One for each run of the scenario, failed ones too.
    values: Vec<Option<f64>>,
}

impl Report {
    pub(crate) fn new(commit: &str, runs_wanted: u32) -> Self {
        Self {
            commit: commit.to_owned(),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            runs_wanted,
            runs: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, run: u32, outcome: Outcome) {
        self.runs.entry(run).or_default().push(outcome);
    }

    /// Writes `report.md` and `report.json`.
    ///
    /// # Errors
    /// When they can't be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self).context("the report is no JSON")?;
        for (name, text) in [("report.md", self.markdown()), ("report.json", json)] {
            let at = folder.join(name);
            fs::write(&at, text).with_context(|| format!("cannot write {}", at.display()))?;
        }
        Ok(())
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# Faults of real processes\n\nCommit {}, release build, {} processors, {} of {} runs. Times in \
             milliseconds.\n\n{}",
            self.commit,
            self.processors,
            self.runs.len(),
            self.runs_wanted,
            self.summary()
        );
        text.push_str("\n## Each run\n");
        for row in self.rows() {
            let values: Vec<String> = row.values.iter().map(|value| shown(*value)).collect();
            let _ = write!(
                text,
                "\n{}, {}: {}\n",
                row.scenario,
                row.name,
                values.join(", ")
            );
        }
        let failed: Vec<String> = self.failed().collect();
        if !failed.is_empty() {
            let _ = write!(text, "\n## Failures\n\n{}\n", failed.join("\n"));
        }
        text
    }

    /// A table of all figures, worst and median, and whether each was reached in every run.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::from(
            "| Scenario | Figure | To reach | Median | Worst | Runs | Reached in all |\n\
             |---|---|---:|---:|---:|---:|---|\n",
        );
        for row in self.rows() {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} |",
                row.scenario,
                row.name,
                row.limit.map_or("-".to_owned(), |limit| shown(Some(limit))),
                shown(row.median()),
                shown(row.worst()),
                row.values.len(),
                row.reached()
            );
        }
        text
    }

    /// In the order of the scenarios and figures as they first appeared.
    fn rows(&self) -> Vec<Row<'_>> {
        let outcomes = || self.runs.values().flatten();
        let mut rows = Vec::<Row<'_>>::new();
        for outcome in outcomes() {
            for figure in &outcome.figures {
                let known =
                    |row: &Row<'_>| row.scenario == outcome.scenario && row.name == figure.name;
                if !rows.iter().any(known) {
                    rows.push(Row {
                        scenario: &outcome.scenario,
                        name: &figure.name,
                        limit: figure.limit,
                        values: Vec::new(),
                    });
                }
            }
        }
        for row in &mut rows {
            let runs = outcomes().filter(|outcome| outcome.scenario == row.scenario);
            row.values = runs
                .map(|outcome| {
                    let of_row = |figure: &&Figure| figure.name == row.name;
                    outcome.figures.iter().find(of_row)?.value
                })
                .collect();
        }
        rows
    }

    fn failed(&self) -> impl Iterator<Item = String> {
        self.runs.iter().flat_map(|(run, outcomes)| {
            let failed = outcomes.iter().filter(|outcome| outcome.has_failed());
            failed.map(move |outcome| {
                let mut text = format!("- run {run}, {}", outcome.scenario);
                for violation in outcome.violations.iter().take(5) {
                    let _ = write!(text, "\n  - {violation}");
                }
                text
            })
        })
    }
}

impl Row<'_> {
    fn sorted(&self) -> Vec<f64> {
        let mut values: Vec<f64> = self.values.iter().flatten().copied().collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn median(&self) -> Option<f64> {
        let values = self.sorted();
        let upper = values.get(values.len() / 2)?;
        let lower = values.get((values.len().max(1) - 1) / 2)?;
        Some(f64::midpoint(*lower, *upper))
    }

    fn worst(&self) -> Option<f64> {
        self.sorted().last().copied()
    }

    /// A run without the figure has not reached it.
    fn reached(&self) -> String {
        let Some(limit) = self.limit else {
            return "-".to_owned();
        };
        let missed = |value: &&Option<f64>| value.is_none_or(|value| value > limit);
        match self.values.iter().filter(missed).count() {
            0 => "yes".to_owned(),
            missed => format!("no: {missed} missed"),
        }
    }
}

fn shown(value: Option<f64>) -> String {
    value.map_or("none".to_owned(), |value| format!("{value:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(values: &[Option<f64>]) -> Report {
        let mut report = Report::new("abc", 9);
        for (run, value) in (1..).zip(values) {
            let mut outcome = Outcome::without_figures("leader_killed");
            outcome.passed = value.is_some();
            if value.is_some() {
                outcome.figures.push(Figure {
                    name: "a new leader".to_owned(),
                    unit: "ms".to_owned(),
                    value: *value,
                    limit: Some(4_000.0),
                });
            } else {
                outcome.violations.push("G2 at 1 s: two".to_owned());
            }
            report.add(run, outcome);
        }
        report
    }

    #[test]
    fn median_and_worst_of_all_runs() {
        let report = report(&[Some(2_000.4), Some(3_000.0), Some(2_100.0), Some(2_200.0)]);
        let expected = "| leader_killed | a new leader | 4000 | 2150 | 3000 | 4 | yes |";
        assert!(report.summary().contains(expected), "{}", report.summary());
        assert!(report.markdown().contains("2000, 3000, 2100, 2200"));
    }

    #[test]
    fn a_run_over_the_limit_or_without_the_figure_is_named() {
        let report = report(&[Some(2_000.0), None, Some(4_001.0)]);
        let text = report.markdown();
        assert!(
            text.contains("| 4000 | 3000 | 4001 | 3 | no: 2 missed |"),
            "{text}"
        );
        assert!(
            text.contains("- run 2, leader_killed\n  - G2 at 1 s: two"),
            "{text}"
        );
    }
}
