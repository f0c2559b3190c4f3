//! A coordinator that is killed with many groups: when they are answered by living ones, and how fast
//! their files follow.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use groupkeeper_tests::{Serve, WeedCluster};
use tokio::time::{Instant, sleep};

use crate::connection::Connection;
use crate::figure::Figure;
use crate::new_groups;
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};

/// About as many groups has the gateway that is killed.
const GROUPS: [usize; 3] = [1_000, 10_000, 100_000];
const QUICK: [usize; 1] = [200];

/// Questions sent together.
const TOGETHER: usize = 512;

/// Files in one transaction of the filer alone, where it is at its best.
const RAW: usize = 1_000;

/// What one failover gave, in seconds from the kill.
#[derive(Debug)]
struct Failover {
    first: f64,
    last: f64,
    /// Files rewritten a second, from the first answer to the last file.
    rewritten: f64,
}

#[derive(Debug, Default)]
struct Taken {
    first: Vec<f64>,
    between: Vec<f64>,
    after_lease: Vec<f64>,
    rewritten: Vec<f64>,
    raw: Vec<f64>,
}

/// Measures each number of groups, a few times.
///
/// # Errors
/// When a gateway does not start, or two name different coordinators afterwards.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let cluster = WeedCluster::start(1).await;
    let sizes: &[usize] = if settings.quick { &QUICK } else { &GROUPS };
    let rounds = if settings.quick { 1 } else { 3 };
    let mut lines = Vec::new();
    for &groups in sizes {
        let mut taken = Taken::default();
        for round in 0..rounds {
            let name = format!("bench-failover-{groups}-{round}");
            let one = fail_over(&cluster, &name, groups).await;
            let one = one.with_context(|| format!("with {groups} groups"))?;
            let directory = format!("/bench/raw-failover-{groups}-{round}");
            let raw = new_groups::write(settings, &cluster.filer(0), RAW, &directory).await?;
            taken.first.push(one.first);
            taken.between.push((one.last - one.first) * 1e3);
            taken.after_lease.push((one.last - lease_end()) * 1e3);
            taken.rewritten.push(one.rewritten);
            taken.raw.push(raw);
            println!("{groups} groups, round {} of {rounds}", round + 1);
        }
        lines.push(line(groups, &taken));
    }
    Ok(section(lines))
}

/// The earliest end of the killed gateway's lease, in seconds from the kill: it was counted from its
/// last heartbeat, and that may have been as long ago as heartbeats are apart.
fn lease_end() -> f64 {
    let timing = groupkeeper_types::Timing::default();
    (timing.lease - timing.heartbeat_every).as_secs_f64()
}

async fn fail_over(cluster: &WeedCluster, name: &str, groups: usize) -> Result<Failover> {
    let fleet = format!("--fleet={name}");
    let backend = format!("--backend=seaweedfs:{}", cluster.master());
    let start = || Serve::start(&[&backend, &fleet]);
    let leader = start();
    leader.knows(1).await;
    let (mut victim, other) = (start(), start());
    for gateway in [&leader, &victim, &other] {
        gateway.knows(3).await;
    }
    let all: Vec<String> = (0..3 * groups).map(|n| format!("group-{n:07}")).collect();
    let everybody = [leader.kafka(), victim.kafka(), other.kafka()];
    let mut living = [Asker::new(&leader).await?, Asker::new(&other).await?];
    for asker in &mut living {
        asker.until(&all, &everybody).await?;
    }
    let given = living[0].ask(&all).await?;
    let of_victim = |at: &Option<String>| at.as_deref() == Some(victim.kafka());
    let names = all.iter().zip(&given).filter(|(_, at)| of_victim(at));
    let names: Vec<String> = names.map(|(group, _)| group.clone()).collect();
    ensure!(
        names.len() > groups / 2,
        "it has {} groups only",
        names.len()
    );
    let survivors = [leader.kafka(), other.kafka()];
    let killed = Instant::now();
    victim.kill().await;
    let [at_leader, at_other] = &mut living;
    let (told, told_too) = tokio::join!(
        at_leader.until(&names, &survivors),
        at_other.until(&names, &survivors),
    );
    let (told, told_too) = (told?, told_too?);
    until_none_behind(&leader).await?;
    let rewritten = killed.elapsed().as_secs_f64();
    let first = told.0.min(told_too.0).duration_since(killed).as_secs_f64();
    let last = told.1.max(told_too.1).duration_since(killed).as_secs_f64();
    let (here, there) = (at_leader.ask(&names).await?, at_other.ask(&names).await?);
    let differ = here.iter().zip(&there).filter(|(a, b)| a != b).count();
    ensure!(differ == 0, "two gateways differ about {differ} groups");
    let shares: BTreeSet<_> = here.iter().flatten().collect();
    ensure!(shares.len() == 2, "not shared among the living: {shares:?}");
    #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52 groups")]
    let count = names.len() as f64;
    Ok(Failover {
        first,
        last,
        rewritten: count / (rewritten - first).max(0.001),
    })
}

/// Waits until all files behind the failover are rewritten.
async fn until_none_behind(leader: &Serve) -> Result<()> {
    let limit = Instant::now() + Duration::from_secs(120);
    loop {
        let status = leader.status().await;
        if status.as_ref().is_some_and(|status| status["behind"] == 0) {
            return Ok(());
        }
        ensure!(
            Instant::now() < limit,
            "the files behind never end: {status:?}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}

/// One gateway, asked about everything again and again.
struct Asker {
    connection: Connection,
}

impl Asker {
    async fn new(gateway: &Serve) -> Result<Self> {
        let connection = Connection::open(gateway.kafka()).await?;
        Ok(Self { connection })
    }

    /// Asks until each group was once answered with one of these; when the first was, and the last.
    async fn until(&mut self, names: &[String], wanted: &[&str]) -> Result<(Instant, Instant)> {
        let limit = Instant::now() + Duration::from_secs(300);
        let mut left: Vec<&String> = names.iter().collect();
        let (mut first, mut last) = (None, Instant::now());
        while !left.is_empty() {
            let mut still = Vec::new();
            for some in left.chunks(TOGETHER) {
                let answers = self.connection.ask_together(some).await?;
                let now = Instant::now();
                for (group, answer) in some.iter().zip(answers) {
                    if answer.is_some_and(|at| wanted.contains(&at.as_str())) {
                        first.get_or_insert(now);
                        last = now;
                    } else {
                        still.push(*group);
                    }
                }
                // Those that are asked first have not moved: none has.
                if still.len() >= TOGETHER && first.is_none() {
                    still = left.clone();
                    break;
                }
            }
            left = still;
            ensure!(
                Instant::now() < limit,
                "{} groups were never moved",
                left.len()
            );
            if first.is_none() {
                sleep(Duration::from_millis(5)).await;
            }
        }
        Ok((first.unwrap_or(last), last))
    }

    async fn ask(&mut self, names: &[String]) -> Result<Vec<Option<String>>> {
        let mut all = Vec::new();
        let names: Vec<&String> = names.iter().collect();
        for some in names.chunks(TOGETHER) {
            all.extend(self.connection.ask_together(some).await?);
        }
        Ok(all)
    }
}

fn line(groups: usize, taken: &Taken) -> Line {
    Line {
        name: format!("{groups} groups"),
        cells: vec![
            Some(Figure::new("s", taken.first.clone())),
            Some(Figure::new("ms", taken.between.clone())),
            Some(Figure::new("ms", taken.after_lease.clone())),
            Some(Figure::new("/s", taken.rewritten.clone())),
            Some(Figure::of_ratios(&taken.rewritten, &taken.raw)),
        ],
    }
}

fn section(lines: Vec<Line>) -> Section {
    Section {
        title: Row::Failover.title(),
        before: vec![format!(
            "One of three gateways, which does not lead, is killed with about so many groups, a third of all. Both that are left \
             are asked about all of them, {TOGETHER} questions together, until each names a living one for \
             each. The end of its lease is taken as early as it can be: {:.2} s after the kill, as if its \
             last heartbeat had just been due. `rewritten` are the files that follow, from the first \
             answer to the last file, beside what the filer takes by itself, {RAW} at once.",
            lease_end()
        )],
        columns: [
            "",
            "Kill to the first answer",
            "First answer to the last",
            "End of lease to the last, at most",
            "Files rewritten",
            "Of the filer's best",
        ]
        .map(str::to_owned)
        .to_vec(),
        lines,
        after: vec![
            "After each, both gateways named the same living coordinator for every group."
                .to_owned(),
        ],
    }
}
