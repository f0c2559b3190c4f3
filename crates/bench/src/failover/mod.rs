//! A coordinator is killed: how soon its groups are answered by the living, and their files follow.

mod one;
mod reference;

use anyhow::{Context as _, Result};
use groupkeeper_tests::WeedCluster;
use groupkeeper_types::Timing;

use crate::figure::Figure;
use crate::goal::{Bound, Goal};
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};
use one::Taken;

/// Groups that the killed one has.
const GROUPS: [usize; 3] = [1_000, 10_000, 100_000];
const QUICK: [usize; 1] = [200];

/// Groups that the reference has to move: it takes minutes for more.
const REFERENCE: usize = 10_000;

/// Measures failovers of more and more groups, and the reference's own.
///
/// # Errors
/// When a gateway does not start, an answer is wrong, or a file does not follow.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let sizes: &[usize] = if settings.quick { &QUICK } else { &GROUPS };
    let rounds = settings.long_rounds();
    let cluster = WeedCluster::start(1).await;
    let mut taken: Vec<Vec<Taken>> = sizes.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds {
        for (&groups, taken) in sizes.iter().zip(&mut taken) {
            let fleet = format!("bench-failover-{groups}-{round}");
            let one = Box::pin(one::measure(settings, &cluster, &fleet, groups)).await;
            taken.push(one.with_context(|| format!("{groups} groups"))?);
        }
        println!("round {} of {rounds}", round + 1);
    }
    let mut lines: Vec<Line> = sizes.iter().zip(&taken).map(|(&n, t)| line(n, t)).collect();
    if !settings.quick {
        let moved = reference::moves(&cluster, REFERENCE).await?;
        let mut cells = vec![None; COLUMNS.len() - 1];
        cells[REWRITTEN] = Some(Figure::new("/s", vec![moved]));
        lines.push(Line {
            name: format!("reference, {REFERENCE} groups"),
            cells,
        });
    }
    Ok(Section {
        title: Row::Failover.title(),
        before: before(),
        columns: COLUMNS.map(str::to_owned).to_vec(),
        lines,
        after: after(&taken),
        goals: sizes
            .iter()
            .zip(&taken)
            .flat_map(|(&n, t)| goals(n, t))
            .collect(),
    })
}

const COLUMNS: [&str; 7] = [
    "Groups of the killed one",
    "The leader answers all",
    "The other answers all",
    "The last one, after the kill",
    "Files rewritten",
    "The filer alone",
    "Of the filer",
];

/// The cell of the files that are rewritten in a second.
const REWRITTEN: usize = 3;

fn line(groups: usize, taken: &[Taken]) -> Line {
    let of = |of: fn(&Taken) -> f64| taken.iter().map(of).collect::<Vec<_>>();
    let rewritten = of(|it| it.rewritten);
    let raw = of(|it| it.raw);
    let ratio = Figure::of_ratios(&rewritten, &raw);
    let figures = [
        Figure::new("ms", of(|it| it.leader)),
        Figure::new("ms", of(|it| it.follower)),
        Figure::new("ms", of(|it| it.after_kill)),
        Figure::new("/s", rewritten),
        Figure::new("/s", raw),
        ratio,
    ];
    Line {
        name: format!("ours, {groups} groups"),
        cells: figures.into_iter().map(Some).collect(),
    }
}

/// Of 100,000 groups when they are answered, and of all sizes how soon their files follow.
fn goals(groups: usize, taken: &[Taken]) -> Vec<Goal> {
    let of = |of: fn(&Taken) -> f64| taken.iter().map(of).collect::<Vec<_>>();
    let ratio = Figure::of_ratios(&of(|it| it.rewritten), &of(|it| it.raw));
    let mut goals = vec![Goal::new(
        format!("files behind a failover of {groups} groups, of the filer"),
        Bound::AtLeast(0.7),
        ratio,
    )];
    if groups >= 100_000 {
        let answered = |by: &str, ends: Vec<f64>| {
            let what = format!("{groups} groups of a killed gateway answered by {by}");
            Goal::new(what, Bound::AtMost(1_000.0), Figure::new("ms", ends))
        };
        goals.push(answered("the leader", of(|it| it.leader)));
        goals.push(answered("the other", of(|it| it.follower)));
    }
    goals
}

fn before() -> Vec<String> {
    let timing = Timing::default();
    vec![
        format!(
            "Three gateways on one filer; a follower that coordinates all groups is killed (`kill -9`) \
             just after a heartbeat. Milliseconds count from the end of its lease: the moment at which \
             it sent that heartbeat, by its own word (what is left of its lease, `owns`, and D = {:?}), \
             and W = {:?}, `Timing::wait`, the time that a leader waits for a silent gateway. From then \
             on all groups are asked for at both living gateways, 1,024 at a time, and those without a \
             living coordinator again, until none is left. Both had been asked for all of them before.",
            timing.lease,
            timing.wait()
        ),
        format!(
            "Files rewritten: all groups, over the time from the first answer that names a living gateway \
             until `status` counts none that is behind. The filer alone: the same filer in the same round, {} files at a \
             time, the most of a commit. Of the reference: files that name a gateway which is not \
             there, and that its own leader moves one by one, counted by looking at them.",
            one::TOGETHER
        ),
    ]
}

fn after(taken: &[Vec<Taken>]) -> Vec<String> {
    let groups: usize = taken.iter().flatten().map(|it| it.groups).sum();
    vec![format!(
        "{groups} groups in all: before the kill both living gateways named the one that was then \
         killed, after it both named the same living one, and so did every file at the end."
    )]
}
