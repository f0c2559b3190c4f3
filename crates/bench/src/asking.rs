//! Asking for a great many groups, each once, as fast as one gateway answers.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep, timeout};

use crate::frames::{RawAnswer, decode_raw, put_request, whole};

/// Connections at a time.
const CONNECTIONS: usize = 16;

/// Requests in flight on each of them.
const IN_FLIGHT: usize = 64;

/// How long the next answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long groups may be without a right answer, from the first question on.
const LONGEST: Duration = Duration::from_secs(120);

/// One group's coordinator, and when it was named.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) coordinator: Arc<str>,
    pub(crate) at: Instant,
}

/// Asks for all groups, and again for those whose coordinator is not known or not one of these, until
/// there are none left. The answers are in the order of the groups.
///
/// # Errors
/// When a gateway does not answer, or some group has no such coordinator after two minutes.
pub(crate) async fn ask_until(addr: &str, groups: &[String], right: &[&str]) -> Result<Vec<Named>> {
    let end = Instant::now() + LONGEST;
    let mut named: Vec<Option<Named>> = vec![None; groups.len()];
    loop {
        let left: Vec<usize> = (0..groups.len()).filter(|&n| named[n].is_none()).collect();
        let Some(&first) = left.first() else {
            return Ok(named.into_iter().flatten().collect());
        };
        if Instant::now() > end {
            bail!("{} of {addr}, and {} others", groups[first], left.len() - 1);
        }
        for (place, answer) in ask_once(addr, groups, left).await? {
            let known = answer.filter(|named| right.contains(&&*named.coordinator));
            named[place] = known;
        }
        sleep(Duration::from_millis(1)).await;
    }
}

/// Asks for the groups at these places, each once; `None` for one that has no coordinator now.
async fn ask_once(
    addr: &str,
    groups: &[String],
    places: Vec<usize>,
) -> Result<Vec<(usize, Option<Named>)>> {
    let share = places.len().div_ceil(CONNECTIONS).max(1);
    let mut tasks = JoinSet::new();
    for places in places.chunks(share) {
        let asked: Vec<_> = places.iter().map(|&n| (n, groups[n].clone())).collect();
        let addr = addr.to_owned();
        tasks.spawn(async move { on_one(&addr, &asked).await });
    }
    let mut answers = Vec::with_capacity(places.len());
    while let Some(ended) = tasks.join_next().await {
        answers.extend(ended.context("a connection panicked")??);
    }
    Ok(answers)
}

async fn on_one(addr: &str, asked: &[(usize, String)]) -> Result<Vec<(usize, Option<Named>)>> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let mut answers = Vec::with_capacity(asked.len());
    let (mut sent, mut out, mut inbox) = (0, Vec::new(), Vec::new());
    let mut last = Last::default();
    while answers.len() < asked.len() {
        let room = answers.len() + IN_FLIGHT - sent;
        for (_, group) in asked.iter().skip(sent).take(room) {
            put_request(&mut out, group, i32::try_from(sent)?);
            sent += 1;
        }
        stream.write_all(&out).await?;
        out.clear();
        let read = timeout(PATIENCE, stream.read_buf(&mut inbox)).await;
        if read.with_context(|| format!("{addr} does not answer within {PATIENCE:?}"))?? == 0 {
            bail!("{addr} closed a connection that waits for an answer");
        }
        let at = Instant::now();
        let mut read = 0;
        while let Some(length) = whole(&inbox[read..])? {
            let frame = &inbox[read..read + length];
            let answer = decode_raw(frame, i32::try_from(answers.len())?)?;
            read += length;
            let (place, _) = asked
                .get(answers.len())
                .context("more answers than questions")?;
            let named = (answer.error == 0).then(|| Named {
                coordinator: last.shared(answer),
                at,
            });
            answers.push((*place, named));
        }
        inbox.drain(..read);
    }
    Ok(answers)
}

/// The coordinator that was named last: mostly it is the next one too, and its text is shared.
#[derive(Debug, Default)]
struct Last {
    host: String,
    port: i32,
    text: Arc<str>,
}

impl Last {
    fn shared(&mut self, answer: RawAnswer<'_>) -> Arc<str> {
        let RawAnswer { host, port, .. } = answer;
        if self.host != host || self.port != port {
            *self = Self {
                host: host.to_owned(),
                port,
                text: format!("{host}:{port}").into(),
            };
        }
        Arc::clone(&self.text)
    }
}

/// What all groups' coordinators are, once more, as text alone.
pub(crate) fn coordinators(named: &[Named]) -> Vec<&str> {
    named.iter().map(|named| &*named.coordinator).collect()
}

/// The moment of the last answer.
pub(crate) fn last(named: &[Named]) -> Option<Instant> {
    named.iter().map(|named| named.at).max()
}

/// Groups' names, as many as are wanted.
pub(crate) fn names(prefix: &str, count: usize) -> Arc<[String]> {
    (0..count).map(|n| format!("{prefix}-{n:07}")).collect()
}
