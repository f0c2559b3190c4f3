//! Groups that nobody has asked for before: each takes a decision, stored before it is answered.

use anyhow::{Context as _, Result, bail, ensure};
use groupkeeper_tests::{Serve, WeedCluster};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::book::Book;
use crate::connection::Connection;
use crate::figure::Figure;
use crate::goal::{Bound, Goal};
use crate::raw::{self, FILE, rate};
use crate::report::{Line, Section};
use crate::settings::{Row, Settings};

/// Clients that ask at the same time, one question each.
const CALLERS: [usize; 3] = [1, 16, 256];

/// Files in one transaction of the filer alone.
const TOGETHER: [usize; 4] = [1, 16, 256, 1_000];

/// After each load as many of its groups are asked for at the other gateway.
const CHECKED: usize = 1_000;

/// Kafka's COORDINATOR_NOT_AVAILABLE: ask again.
const NOT_NOW: i16 = 15;

/// Groups of one load, with their coordinators.
type Given = Vec<(String, String)>;

/// Measures new groups, and the filer by itself, in turns.
///
/// # Errors
/// When a gateway does not start, or an answer is wrong.
pub(crate) async fn measure(settings: &Settings) -> Result<Section> {
    let cluster = WeedCluster::start(1).await;
    let backend = format!("--backend=seaweedfs:{}", cluster.master());
    let start = || Serve::start(&[&backend, "--fleet=bench-new"]);
    let leader = start();
    leader.knows(1).await;
    let follower = start();
    leader.knows(2).await;
    follower.knows(2).await;
    let filer = cluster.filer(0);
    let mut ours: Vec<Vec<f64>> = vec![Vec::new(); CALLERS.len()];
    let mut raw: Vec<Vec<f64>> = vec![Vec::new(); TOGETHER.len()];
    // The first waits until the gateways have joined for good.
    let mut first = Connection::open(leader.kafka()).await?;
    first.ask_until_known("first").await?;
    let (mut given, mut refused) = (1, 0);
    for round in 0..settings.rounds() {
        for (callers, rates) in CALLERS.iter().zip(&mut ours) {
            let prefix = format!("new-{round}-{callers}");
            let asked = ask(settings, leader.kafka(), *callers, &prefix).await?;
            check(&follower, &asked.given).await?;
            given += asked.given.len();
            refused += asked.refused;
            rates.push(asked.rate);
        }
        for (together, rates) in TOGETHER.iter().zip(&mut raw) {
            let directory = format!("/bench/raw-{round}-{together}");
            rates.push(raw::write(&filer, settings.span(), *together, &directory).await?);
        }
        println!("round {} of {}", round + 1, settings.rounds());
    }
    let status = leader.status().await.context("the leader says nothing")?;
    ensure!(
        status["assignments"].as_u64() == u64::try_from(given).ok(),
        "{given} groups were given out, and the leader has {}",
        status["assignments"]
    );
    Ok(section(&ours, &raw, given, refused))
}

/// What a load of new groups gave.
struct Asked {
    given: Given,
    refused: usize,
    /// Answers a second.
    rate: f64,
}

async fn ask(settings: &Settings, addr: &str, callers: usize, prefix: &str) -> Result<Asked> {
    let mut connections = Vec::new();
    for _ in 0..callers {
        connections.push(Connection::open(addr).await?);
    }
    let mut tasks = JoinSet::new();
    let start = Instant::now();
    let until = start + settings.span();
    for (caller, connection) in connections.into_iter().enumerate() {
        let prefix = format!("{prefix}-{caller}");
        tasks.spawn(async move { call(connection, &prefix, until).await });
    }
    let mut asked = Asked {
        given: Vec::new(),
        refused: 0,
        rate: 0.0,
    };
    while let Some(ended) = tasks.join_next().await {
        let (given, refused) = ended.context("a caller panicked")??;
        asked.given.extend(given);
        asked.refused += refused;
    }
    // To the last answer: what was asked before the end is waited for.
    asked.rate = rate(asked.given.len(), start.elapsed());
    Ok(asked)
}

async fn call(mut connection: Connection, prefix: &str, until: Instant) -> Result<(Given, usize)> {
    let (mut given, mut refused) = (Vec::new(), 0);
    while Instant::now() < until {
        let group = format!("{prefix}-{}", given.len());
        let (answer, _) = connection.ask(&group).await?;
        match answer.error {
            0 => given.push((group, answer.coordinator)),
            // It may be decided all the same, so it is asked for again.
            NOT_NOW => refused += 1,
            error => bail!("{group}: error {error}"),
        }
    }
    Ok((given, refused))
}

/// Compares with what another gateway says.
async fn check(other: &Serve, given: &Given) -> Result<()> {
    let step = given.len().div_ceil(CHECKED).max(1);
    let some: Vec<_> = given.iter().step_by(step).collect();
    let groups: Vec<_> = some.iter().map(|(group, _)| group.clone()).collect();
    let book = Book::read(other.kafka(), &groups).await?;
    for ((group, at), says) in some.into_iter().zip(&book.coordinators) {
        ensure!(at == says, "{group} is at {at}, and at {says} elsewhere");
    }
    Ok(())
}

fn section(ours: &[Vec<f64>], raw: &[Vec<f64>], given: usize, refused: usize) -> Section {
    // The filer's best, run by run.
    let runs = raw.first().map_or(0, Vec::len);
    let best: Vec<f64> = (0..runs)
        .map(|run| raw.iter().map(|rates| rates[run]).fold(0.0, f64::max))
        .collect();
    let line = |name: String, rates: &Vec<f64>| Line {
        name,
        cells: vec![
            Some(Figure::new("/s", rates.clone())),
            Some(Figure::of_ratios(rates, &best)),
        ],
    };
    let goals = ours.last().map(|most| {
        let ratio = Figure::of_ratios(most, &best);
        Goal::new(
            "new groups, 256 callers, of the filer's best",
            Bound::AtLeast(0.7),
            ratio,
        )
    });
    let callers = CALLERS.iter().zip(ours);
    let callers = callers.map(|(n, rates)| line(format!("new groups, callers: {n}"), rates));
    let files = TOGETHER.iter().zip(raw);
    let files = files.map(|(n, rates)| line(format!("the filer alone, files at once: {n}"), rates));
    Section {
        title: Row::NewGroups.title(),
        before: vec![format!(
            "Groups a second that the leader gives out, each caller with one question at a time, \
             beside the files a second ({FILE} bytes) that the same filer takes in transactions of \
             different sizes, one after the other."
        )],
        columns: ["", "A second", "Of the filer's best"]
            .map(str::to_owned)
            .to_vec(),
        lines: callers.chain(files).collect(),
        after: vec![format!(
            "{given} groups were given out; the leader's own count was the same at the end, and the \
             other gateway named the same coordinators for up to {CHECKED} groups of every run. \
             {refused} answers were \"not now\" (15), which clients repeat."
        )],
        goals: goals.into_iter().collect(),
    }
}
