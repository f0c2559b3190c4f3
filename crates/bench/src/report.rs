use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::figure::Figure;
use crate::goal::Goal;
use crate::machine::Machine;
use crate::settings::{Row, Settings};

/// What one run measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Whether it was a short run, whose figures mean nothing.
    quick: bool,
    machine: Machine,
    sections: Vec<Section>,
}

/// A table of a report, and what is to be said of it.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// Paragraphs before the table: what is measured, and how.
    pub(crate) before: Vec<String>,
    /// Of all cells, that of the row names included.
    pub(crate) columns: Vec<String>,
    pub(crate) lines: Vec<Line>,
    /// Paragraphs after it: what was checked and found.
    pub(crate) after: Vec<String>,
    /// What is to be reached.
    pub(crate) goals: Vec<Goal>,
}

/// A line of a table.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// `None` where there is nothing to measure.
    pub(crate) cells: Vec<Option<Figure>>,
}

impl Report {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            quick: settings.quick,
            machine: Machine::here(),
            sections: Vec::new(),
        }
    }

    /// Adds a section and shows it.
    pub(crate) fn add(&mut self, section: Section) {
        println!("{}", section.shown());
        self.sections.push(section);
    }

    /// Notes that a row could not be measured.
    pub(crate) fn failed(&mut self, row: Row, error: &anyhow::Error) {
        self.sections.push(Section {
            title: row.title(),
            before: vec![format!("**Failed:** {error:#}")],
            columns: Vec::new(),
            lines: Vec::new(),
            after: Vec::new(),
            goals: Vec::new(),
        });
    }

    /// Writes what there is so far as `report.md` and `report.json`, and where it is published.
    ///
    /// # Errors
    /// When a file can't be written.
    pub(crate) fn write(&self, settings: &Settings) -> Result<()> {
        let out = &settings.out;
        fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
        let text = self.shown();
        put(&out.join("report.md"), &text)?;
        put(
            &out.join("report.json"),
            &serde_json::to_string_pretty(self)?,
        )?;
        settings
            .publish
            .as_ref()
            .map_or(Ok(()), |path| put(path, &text))
    }

    fn goals(&self) -> String {
        let goals = self.sections.iter().flat_map(|section| &section.goals);
        let lines: Vec<_> = goals.map(Goal::shown).collect();
        if self.quick || lines.is_empty() {
            return String::new();
        }
        let head = "| | Goal | Reached | |\n|---|---|---|---|";
        format!("\n## Goals\n\n{head}\n{}\n", lines.join("\n"))
    }

    fn shown(&self) -> String {
        let mut text = String::from(
            "# Benchmarks\n\nWritten by `cargo xtask bench`; every figure is the median of several \
             runs, with the smallest and the largest of them.\n",
        );
        if self.quick {
            text.push_str("\n**A short run, to check answers: its figures mean nothing.**\n");
        }
        text.push_str("\n| | |\n|---|---|\n");
        for (name, value) in self.machine.lines() {
            let _ = writeln!(text, "| {name} | {value} |");
        }
        text.push_str(&self.goals());
        for section in &self.sections {
            let _ = write!(text, "\n## {}\n\n{}", section.title, section.shown());
        }
        text
    }
}

impl Section {
    fn shown(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.before {
            let _ = writeln!(text, "{paragraph}\n");
        }
        if !self.columns.is_empty() {
            let _ = writeln!(text, "| {} |", self.columns.join(" | "));
            let _ = writeln!(text, "|{}", "---|".repeat(self.columns.len()));
        }
        for line in &self.lines {
            let cells = line.cells.iter().map(|cell| match cell {
                Some(figure) => figure.shown(),
                None => "–".to_owned(),
            });
            let cells: Vec<_> = std::iter::once(line.name.clone()).chain(cells).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        for paragraph in &self.after {
            let _ = writeln!(text, "\n{paragraph}");
        }
        text
    }
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
