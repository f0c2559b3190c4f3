//! Known groups: what a client's FindCoordinator costs, at the leader and elsewhere.

mod fleet;
mod targets;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::figure::Figure;
use crate::goal::{Bound, Goal};
use crate::load::{self, Load};
use crate::process::processor_time;
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};
use targets::{Target, Targets};

/// Connections, and requests in flight on each.
const LOADS: [(usize, u32); 3] = [(1, 1), (16, 1), (16, 16)];

/// What one load on one target gave, run by run.
#[derive(Debug, Default)]
struct Taken {
    /// Answers a second.
    rates: Vec<f64>,
    /// Microseconds of processor time that the server spent on one answer.
    costs: Vec<f64>,
}

/// Measures all targets under all loads.
///
/// # Errors
/// When a server does not start, or an answer is wrong.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let targets = Targets::start(settings).await?;
    let list = targets.list()?;
    let mut taken: Vec<Vec<Taken>> = (0..list.len())
        .map(|_| LOADS.iter().map(|_| Taken::default()).collect())
        .collect();
    for round in 0..settings.rounds() {
        for (place, load) in LOADS.iter().enumerate() {
            for (target, taken) in list.iter().zip(&mut taken) {
                let one = taken.get_mut(place).context("a load has its place")?;
                run(settings, target, *load, one)
                    .await
                    .with_context(|| format!("at {}", target.name))?;
            }
        }
        println!("round {} of {}", round + 1, settings.rounds());
    }
    targets.still_right().await?;
    Ok(Section {
        title: Row::Lookups.title(),
        before: vec![
            "Answers a second: as many connections, and as many requests in flight on each. The \
             echo server sends back the same requests, undecoded. All servers run, on one filer, \
             while one of them is asked; the load generator runs on the same processors. `cost` is \
             the processor time that the server itself spends on one answer."
                .to_owned(),
        ],
        columns: columns(),
        lines: lines(&list, &taken),
        after: targets.findings(),
        goals: goals(&list, &taken),
    })
}

async fn run(
    settings: &Settings,
    target: &Target,
    (connections, in_flight): (usize, u32),
    taken: &mut Taken,
) -> Result<()> {
    let load = Load {
        connections,
        in_flight,
        warm_up: settings.warm_up(),
        span: settings.span(),
    };
    let (addr, book) = (target.addr.clone(), Arc::clone(&target.book));
    let before = processor_time(target.process_id)?;
    let seconds = load.span.as_secs_f64();
    let whole = (load.warm_up + load.span).as_secs_f64();
    let count = tokio::task::spawn_blocking(move || load::run(&addr, &load, &book)).await??;
    let spent: Duration = processor_time(target.process_id)? - before;
    #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52 answers")]
    let rate = count as f64 / seconds;
    taken.rates.push(rate);
    taken.costs.push(spent.as_secs_f64() * 1e6 / (rate * whole));
    Ok(())
}

/// What people call a load.
fn called((connections, in_flight): &(usize, u32)) -> String {
    if *in_flight == 1 {
        format!("{connections}")
    } else {
        format!("{connections} × {in_flight}")
    }
}

fn columns() -> Vec<String> {
    let loads = LOADS.iter().flat_map(|load| {
        let load = called(load);
        [
            load.clone(),
            format!("{load}: of the echo"),
            format!("{load}: cost"),
        ]
    });
    std::iter::once("Connections".to_owned())
        .chain(loads)
        .collect()
}

/// At ours, each load beside the echo server.
fn goals(list: &[Target], taken: &[Vec<Taken>]) -> Vec<Goal> {
    let mut goals = Vec::new();
    let Some(echo) = taken.first() else {
        return goals;
    };
    for (target, taken) in list.iter().zip(taken) {
        if !target.name.starts_with("ours") {
            continue;
        }
        for ((load, one), echo) in LOADS.iter().zip(taken).zip(echo) {
            goals.push(Goal::new(
                format!(
                    "look-ups, {}, {} in flight, of the echo",
                    target.name,
                    called(load)
                ),
                Bound::AtLeast(0.8),
                Figure::of_ratios(&one.rates, &echo.rates),
            ));
        }
    }
    goals
}

fn lines(list: &[Target], taken: &[Vec<Taken>]) -> Vec<Line> {
    // The echo server is the first.
    let echo = taken.first();
    let line = |(target, taken): (&Target, &Vec<Taken>)| {
        let cells = taken.iter().enumerate().flat_map(|(place, one)| {
            let echo = echo
                .and_then(|echo| echo.get(place))
                .map(|echo| &echo.rates);
            let ratio = Figure::of_ratios(&one.rates, echo.unwrap_or(&Vec::new()));
            [
                Some(Figure::new("/s", one.rates.clone())),
                Some(ratio),
                Some(Figure::new("µs", one.costs.clone())),
            ]
        });
        Line {
            name: target.name.to_owned(),
            cells: cells.collect(),
        }
    };
    list.iter().zip(taken).map(line).collect()
}
