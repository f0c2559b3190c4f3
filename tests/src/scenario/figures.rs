use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::check::Seen;
use crate::history::History;

/// Something that was measured in a scenario. `cargo xtask e2e --runs N` makes a table of them.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What it is, in words that stay from run to run.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// How much it was; `None` when it did not happen while it was watched.
    pub value: Option<f64>,
    /// How much it may be in every run; `None` where it is only looked at.
    pub limit: Option<f64>,
}

/// What a figure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Milliseconds.
    Ms,
    /// Times that something happened.
    Count,
}

/// What one run of one scenario leaves behind.
#[derive(Debug, Serialize)]
pub(super) struct Outcome<'a> {
    pub(super) scenario: &'a str,
    pub(super) seen: Option<Seen>,
    pub(super) violations: Vec<String>,
    pub(super) figures: &'a [Figure],
}

/// Writes the history and the outcome to where `GROUPKEEPER_E2E_OUT` says, else under `target/e2e`,
/// and returns the history's path.
///
/// # Panics
/// When they can't be written.
pub(super) fn write(history: &History, outcome: &Outcome<'_>) -> PathBuf {
    let named = std::env::var_os("GROUPKEEPER_E2E_OUT").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = named.unwrap_or_else(|| root.join("target/e2e/last"));
    fs::create_dir_all(&folder).expect("a folder for the histories");
    let at = folder.join(format!("{}.history.jsonl", outcome.scenario));
    let file = File::create(&at).expect("a file for the history");
    let mut file = BufWriter::new(file);
    let written = history.write(&mut file).and_then(|()| file.flush());
    written.expect("the history can be written");
    let text = serde_json::to_vec_pretty(outcome).expect("figures are JSON");
    let figures = folder.join(format!("{}.json", outcome.scenario));
    fs::write(figures, text).expect("the figures can be written");
    at
}
