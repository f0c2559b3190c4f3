//! A gateway starts on a store that has a great many groups: when it answers, and when it has them all.

use anyhow::{Context as _, Result, ensure};
use groupkeeper_tests::{Serve, Watched, WeedCluster, fill, free_fleet};
use tokio::time::{Duration, Instant, sleep};

use crate::asking::{ask_until, names};
use crate::figure::Figure;
use crate::goal::{Bound, Goal};
use crate::process::resident;
use crate::raw;
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};

/// Groups that are stored.
const GROUPS: usize = 1_000_000;
const QUICK: usize = 2_000;

/// After each start as many of them are asked for.
const CHECKED: usize = 10_000;

/// Entries in a page of a listing: as many as a gateway asks for, and as the filer gives at most.
const PAGES: [u32; 2] = [1_000, 100_000];

/// Far longer than it takes.
const LONGEST: Duration = Duration::from_secs(300);

/// A fleet's store, with its only gateway down.
struct Stored {
    fleet: String,
    addr: String,
    groups: Vec<String>,
}

/// What one start gave.
#[derive(Debug, Clone, Copy)]
struct Taken {
    /// Milliseconds from the start of the process to the first right answer.
    first: f64,
    /// Groups a second that it read, over all of the time until it had them.
    rate: f64,
    /// Milliseconds from the start of the process until then.
    warm: f64,
    /// Bytes in memory then.
    resident: u64,
}

/// Measures starts on a store with a million groups, on one with a single group, and the filer's own
/// listing, in turns.
///
/// # Errors
/// When a gateway does not start, or an answer is wrong.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let cluster = WeedCluster::start(1).await;
    let count = if settings.quick { QUICK } else { GROUPS };
    let one = Stored::new(&cluster, 1).await?;
    let all = Stored::new(&cluster, count).await?;
    println!("{count} groups are stored");
    let filer = cluster.filer(0);
    let directory = raw::assignments_of(&all.fleet);
    let (mut ones, mut alls) = (Vec::new(), Vec::new());
    let mut listed: Vec<Vec<f64>> = vec![Vec::new(); PAGES.len()];
    for round in 0..settings.long_rounds() {
        ones.push(one.start(&cluster, round).await?);
        alls.push(all.start(&cluster, round).await?);
        for (&page, rates) in PAGES.iter().zip(&mut listed) {
            rates.push(raw::list(&filer, &directory, page, count).await?);
        }
        println!("round {} of {}", round + 1, settings.long_rounds());
    }
    Ok(section(count, &ones, &alls, &listed))
}

impl Stored {
    async fn new(cluster: &WeedCluster, count: usize) -> Result<Self> {
        let stored = Self {
            fleet: format!("bench-take-over-{count}"),
            addr: free_fleet(1).pop().context("an address")?,
            groups: names("consumers", count).to_vec(),
        };
        let groups = stored.groups.iter().cloned();
        fill(cluster, &stored.fleet, groups, &stored.addr).await;
        Ok(stored)
    }

    async fn start(&self, cluster: &WeedCluster, round: usize) -> Result<Taken> {
        let start = Instant::now();
        let backend = format!("--backend=seaweedfs:{}", cluster.master());
        let fleet = format!("--fleet={}", self.fleet);
        let mut gateway = Serve::start_at(&self.addr, &[&backend, &fleet]);
        // Half way through the listing, and another one each time. Until the gateway listens, its
        // connections are refused.
        let place = (self.groups.len() / 2 + round) % self.groups.len();
        let one = self.groups.get(place..=place).context("a group")?;
        let right = [self.addr.as_str()];
        while ask_until(&self.addr, one, &right).await.is_err() {
            ensure!(start.elapsed() < LONGEST, "no answer: {}", gateway.words());
            sleep(Duration::from_millis(1)).await;
        }
        let first = start.elapsed();
        let watched = Watched::connect(gateway.rpc()).await;
        while watched.groups().await != Some((self.groups.len(), 0)) {
            ensure!(start.elapsed() < LONGEST, "{:?}", watched.groups().await);
            sleep(Duration::from_millis(5)).await;
        }
        let warm = start.elapsed();
        let resident = resident(gateway.process_id())?;
        let step = self.groups.len().div_ceil(CHECKED).max(1);
        let some: Vec<String> = self.groups.iter().step_by(step).cloned().collect();
        ask_until(&self.addr, &some, &right).await?;
        // Killed, so that nothing is written; the next one is to find no lock of it.
        gateway.kill().await;
        sleep(groupkeeper_types::Timing::default().lock_ttl * 2).await;
        Ok(Taken {
            first: first.as_secs_f64() * 1e3,
            rate: raw::rate(self.groups.len(), warm),
            warm: warm.as_secs_f64() * 1e3,
            resident,
        })
    }
}

fn section(count: usize, ones: &[Taken], alls: &[Taken], listed: &[Vec<f64>]) -> Section {
    let of = |taken: &[Taken], of: fn(&Taken) -> f64| taken.iter().map(of).collect::<Vec<_>>();
    // The filer's best, round by round.
    let best: Vec<f64> = (0..alls.len())
        .map(|round| listed.iter().map(|rates| rates[round]).fold(0.0, f64::max))
        .collect();
    let rates = of(alls, |it| it.rate);
    #[allow(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
    let memory = alls
        .iter()
        .zip(ones)
        .map(|(all, one)| all.resident.saturating_sub(one.resident) as f64 / count as f64);
    let ratio = Figure::of_ratios(&rates, &best);
    let goal = Goal::new(
        format!("take-over, {count} groups read, of the filer's listing"),
        Bound::AtLeast(0.8),
        ratio.clone(),
    );
    let ours = [
        Some(Figure::new("ms", of(alls, |it| it.first))),
        Some(Figure::new("s", of(alls, |it| it.warm / 1e3))),
        Some(Figure::new("/s", rates)),
        Some(ratio),
        Some(Figure::new("B", memory.collect())),
    ];
    let small = [
        Some(Figure::new("ms", of(ones, |it| it.first))),
        Some(Figure::new("s", of(ones, |it| it.warm / 1e3))),
        None,
        None,
        None,
    ];
    let mut lines = vec![
        Line {
            name: format!("ours, {count} groups"),
            cells: ours.to_vec(),
        },
        Line {
            name: "ours, one group".to_owned(),
            cells: small.to_vec(),
        },
    ];
    lines.extend(PAGES.iter().zip(listed).map(|(page, rates)| Line {
        name: format!("the filer alone, pages of {page}"),
        cells: vec![
            None,
            None,
            Some(Figure::new("/s", rates.clone())),
            Some(Figure::of_ratios(rates, &best)),
            None,
        ],
    }));
    Section {
        title: Row::TakeOver.title(),
        before: vec![
            "A single gateway is started on a filer that has as many assignment files, all of which \
             name it. First answer: from the start of the process to the first right answer for a \
             group whose file stands half way through the listing. All: from the start of the process \
             until `status` counts all groups. A second: groups, over that whole time. The filer \
             alone: the same files listed with what they hold, and nothing made of them, in the \
             same round."
                .to_owned(),
            "Memory: what is resident then, less that of the gateway with one group, for each group. \
             This gateway coordinates every group itself, so that it has all of their ownership in \
             memory too; a leader of several gateways has its own share of that."
                .to_owned(),
        ],
        columns: ["", "First answer", "All", "A second", "Of the filer's best", "Memory a group"]
            .map(str::to_owned)
            .to_vec(),
        lines,
        after: vec![format!(
            "After each start {} groups were asked for, and all named their gateway.",
            count.min(CHECKED)
        )],
        goals: vec![goal],
    }
}
