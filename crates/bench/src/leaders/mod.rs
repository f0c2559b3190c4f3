//! A leader goes, killed or stopped: how soon another decides, with ours and with the reference.

mod ours;
mod reference;

use anyhow::Result;
use groupkeeper_tests::WeedCluster;
use tokio::time::{Duration, Instant, timeout};

use crate::figure::Figure;
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};

/// What the reference may take in all rounds, about half a minute for each leader that goes: the rest
/// of a run waits for it.
const REFERENCE: Duration = Duration::from_secs(240);

/// How a leader goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// `kill -9`.
    Killed,
    /// SIGTERM.
    Stopped,
}

impl End {
    const ALL: [Self; 2] = [Self::Killed, Self::Stopped];

    const fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed (`kill -9`)",
            Self::Stopped => "stopped (SIGTERM)",
        }
    }
}

/// What one of them gave, in milliseconds from the signal.
#[derive(Debug, Default)]
struct Taken {
    /// Until a group that nobody has asked for is given out.
    new: Vec<f64>,
    /// Until a group of the one that went is at a living one.
    moved: Vec<f64>,
}

/// Measures both systems, in turns.
///
/// # Errors
/// When a gateway does not start, or an answer is wrong.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let cluster = WeedCluster::start(1).await;
    let mut ours: [Taken; 2] = <_>::default();
    let mut theirs: [Taken; 2] = <_>::default();
    let (mut left, mut missing) = (REFERENCE, Vec::new());
    let rounds = settings.long_rounds();
    for round in 0..rounds {
        for (end, taken) in End::ALL.into_iter().zip(&mut ours) {
            Box::pin(ours::measure(&cluster, end, round, taken)).await?;
        }
        for (end, taken) in End::ALL.into_iter().zip(&mut theirs) {
            let start = Instant::now();
            if settings.quick || left.is_zero() {
                break;
            }
            let measured = Box::pin(reference::measure(&cluster, end, round, taken));
            match timeout(left, measured).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => missing.push(format!("{}: {error:#}", end.name())),
                Err(_) => missing.push(format!("{}: no time was left", end.name())),
            }
            left = left.saturating_sub(start.elapsed());
        }
        println!("round {} of {rounds}", round + 1);
    }
    let mut lines = Vec::new();
    for (system, taken) in [("ours", ours), ("reference", theirs)] {
        for (end, taken) in End::ALL.into_iter().zip(taken) {
            lines.push(Line {
                name: format!("{system}, leader {}", end.name()),
                cells: [taken.new, taken.moved]
                    .map(|samples| (!samples.is_empty()).then(|| Figure::new("ms", samples)))
                    .to_vec(),
            });
        }
    }
    if settings.quick {
        lines.truncate(End::ALL.len());
    }
    let mut after = vec![
        "Of ours, both living gateways named the same living coordinator for 100 groups at the end."
            .to_owned(),
    ];
    if !missing.is_empty() {
        let missing = missing.join("; ");
        after.push(format!("What the reference did not come to: {missing}."));
    }
    Ok(Section {
        title: Row::Leaders.title(),
        before: vec![
            "Three gateways on one filer, with default timings, and the one that leads goes. \
             Milliseconds from the signal, on a client that asks a living gateway every few \
             milliseconds for a group that nobody has asked for, and for one that the leader had. Of \
             ours, an answer counts once every living gateway gives it. A follower of the reference \
             names itself for every group, so there a file at the filer counts: one that is new, and \
             one that names another gateway than the one that went. A leader of ours that is stopped \
             still decides until its groups have moved."
                .to_owned(),
        ],
        columns: ["", "New groups are given out", "Its groups are at the living"]
            .map(str::to_owned)
            .to_vec(),
        lines,
        goals: Vec::new(),
        after,
    })
}
