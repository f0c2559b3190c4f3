//! What a group costs a leader in memory, counted in a process of its own.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::figure::Figure;
use crate::goal::{Bound, Goal};
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};

/// Groups, and gateways that have them.
const SIZES: [(u32, u32); 2] = [(1_000_000, 10), (1_000_000, 1)];
const QUICK: [(u32, u32); 1] = [(20_000, 10)];

/// Names of groups there, as `consumers-00000000`.
const NAME: usize = 18;

/// Counts what a leader allocates for a store with a million groups.
///
/// # Errors
/// When the program that counts is not there, or fails.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let sizes: &[(u32, u32)] = if settings.quick { &QUICK } else { &SIZES };
    let (mut lines, mut goals) = (Vec::new(), Vec::new());
    for &(groups, gateways) in sizes {
        let mut samples = Vec::new();
        for _ in 0..settings.long_rounds() {
            samples.push(count(groups, gateways).await?);
        }
        let figure = Figure::new("B", samples);
        let name = format!("{groups} groups, gateways: {gateways}");
        goals.push(Goal::new(
            format!("memory a group, {name}"),
            Bound::AtMost(200.0),
            figure.clone(),
        ));
        lines.push(Line {
            name,
            cells: vec![Some(figure)],
        });
    }
    Ok(Section {
        title: Row::Memory.title(),
        before: vec![format!(
            "Bytes allocated and not freed, for each group, once a leader has loaded them all: the \
             shipped registry (machine and published view) on a store that makes its listing up, and a \
             clock that stands still, so that nobody owns anything yet. Names of {NAME} bytes; each of \
             the gateways has as many groups as the others. Counted by a global allocator, without \
             what the system's allocator adds."
        )],
        columns: ["", "A group"].map(str::to_owned).to_vec(),
        lines,
        after: vec!["Every thousandth group was looked up, and named its gateway.".to_owned()],
        goals,
    })
}

async fn count(groups: u32, gateways: u32) -> Result<f64> {
    let path = std::env::var_os("GROUPKEEPER_MEMORY").map(PathBuf::from);
    let path = path.context("GROUPKEEPER_MEMORY names the program: run `cargo xtask bench`")?;
    let output = Command::new(&path)
        .arg(format!("--groups={groups}"))
        .arg(format!("--gateways={gateways}"))
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("{} can't be run", path.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{}", text.trim());
    text.trim()
        .parse()
        .with_context(|| format!("no number: {text}"))
}
