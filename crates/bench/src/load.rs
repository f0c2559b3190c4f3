//! The load generator.
//!
//! One thread a processor, each with an event loop of its own, and nothing shared while it runs. A
//! connection keeps a number of requests in flight: what came is checked, whole, and as many new
//! requests go out in one write.

use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result, anyhow, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, timeout_at};

use crate::frames::{Exchange, REQUEST_ID_AT, whole};

/// How long the last answers may take after the load has ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one load is made of.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// Requests in flight on each of them.
    pub(crate) in_flight: u32,
    pub(crate) warm_up: Duration,
    pub(crate) span: Duration,
}

/// When answers count.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: Instant,
    until: Instant,
}

/// Puts a load on a server and counts its answers, each of which must be the right one: answers in
/// `load.span`. Blocks.
///
/// # Errors
/// When an answer is wrong, late, or out of order.
pub(crate) fn run(addr: &str, load: &Load, book: &Arc<Vec<Exchange>>) -> Result<u64> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(load.connections);
    let from = Instant::now() + load.warm_up;
    let window = Window {
        from,
        until: from + load.span,
    };
    let shares: Vec<_> = (0..threads)
        .map(|first| {
            let numbers: Vec<usize> = (first..load.connections).step_by(threads).collect();
            let (addr, book, in_flight) = (addr.to_owned(), Arc::clone(book), load.in_flight);
            thread::spawn(move || share(&addr, numbers, in_flight, window, &book))
        })
        .collect();
    let counts: Result<Vec<u64>> = shares
        .into_iter()
        .map(|share| {
            share
                .join()
                .map_err(|_| anyhow!("a thread of the load panicked"))?
        })
        .collect();
    Ok(counts?.into_iter().sum())
}

/// What one thread does: these connections.
fn share(
    addr: &str,
    numbers: Vec<usize>,
    in_flight: u32,
    window: Window,
    book: &Arc<Vec<Exchange>>,
) -> Result<u64> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(async {
        let mut connections = JoinSet::new();
        for number in numbers {
            let stream = TcpStream::connect(addr).await?;
            stream.set_nodelay(true)?;
            let asker = Asker {
                stream,
                place: number.wrapping_mul(7_919),
                book: Arc::clone(book),
            };
            connections.spawn(async move {
                let asked = timeout_at(window.until + PATIENCE, asker.ask(in_flight, window));
                asked
                    .await
                    .unwrap_or_else(|_| bail!("no answer within {PATIENCE:?}"))
                    .with_context(|| format!("on connection {number}"))
            });
        }
        let mut count = 0;
        while let Some(ended) = connections.join_next().await {
            count += ended.context("a connection of the load panicked")??;
        }
        Ok(count)
    })
}

/// One connection of a load.
struct Asker {
    stream: TcpStream,
    /// Where in the book it begins, so that no two connections ask the same at the same time.
    place: usize,
    book: Arc<Vec<Exchange>>,
}

impl Asker {
    fn exchange(&self, number: i32) -> Result<&Exchange> {
        let number = usize::try_from(number)?;
        let place = self.place.wrapping_add(number) % self.book.len();
        self.book.get(place).context("the book is empty")
    }

    async fn ask(mut self, in_flight: u32, window: Window) -> Result<u64> {
        let in_flight = i32::try_from(in_flight)?;
        let (mut asked, mut answered, mut counted) = (0_i32, 0_i32, 0_u64);
        let (mut out, mut inbox) = (Vec::new(), Vec::with_capacity(64 << 10));
        loop {
            if Instant::now() < window.until {
                while asked - answered < in_flight {
                    let request = &self.exchange(asked)?.request;
                    let start = out.len() + REQUEST_ID_AT;
                    out.extend_from_slice(request);
                    out[start..start + 4].copy_from_slice(&asked.to_be_bytes());
                    asked = asked.checked_add(1).context("too many requests")?;
                }
                self.stream.write_all(&out).await?;
                out.clear();
            } else if asked == answered {
                return Ok(counted);
            }
            if self.stream.read_buf(&mut inbox).await? == 0 {
                bail!("it was closed after {answered} of {asked} answers");
            }
            let before = answered;
            let mut read = 0;
            while let Some(length) = whole(&inbox[read..])? {
                let frame = &inbox[read..read + length];
                self.check(frame, answered)?;
                read += length;
                answered += 1;
                if answered > asked {
                    bail!("more answers than requests");
                }
            }
            inbox.drain(..read);
            let now = Instant::now();
            if now >= window.from && now < window.until {
                counted += u64::try_from(answered - before)?;
            }
        }
    }

    /// Answers come in the order of the requests, and each is known beforehand, byte by byte.
    fn check(&self, frame: &[u8], number: i32) -> Result<()> {
        let Exchange { answer, id_at, .. } = self.exchange(number)?;
        let rest = id_at + 4;
        let right = frame.len() == answer.len()
            && frame[..*id_at] == answer[..*id_at]
            && frame[*id_at..rest] == number.to_be_bytes()
            && frame[rest..] == answer[rest..];
        if !right {
            bail!("request {number} was answered {frame:?}, and right is {answer:?}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::echo;

    fn book(id_at: usize) -> Arc<Vec<Exchange>> {
        let groups = (0..10).map(|number| format!("g{number}"));
        let exchange = |group: String| {
            let request = crate::frames::request(&group, 0);
            Exchange {
                answer: request.clone(),
                request,
                id_at,
            }
        };
        Arc::new(groups.map(exchange).collect())
    }

    fn load() -> Load {
        Load {
            connections: 3,
            in_flight: 5,
            warm_up: Duration::ZERO,
            span: Duration::from_millis(30),
        }
    }

    async fn run_on_echo(book: Arc<Vec<Exchange>>) -> Result<u64> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap().to_string();
        let mut server = JoinSet::new();
        server.spawn(echo::accept(listener));
        let counted = tokio::task::spawn_blocking(move || run(&addr, &load(), &book));
        counted.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn counts_right_answers() {
        let count = run_on_echo(book(REQUEST_ID_AT)).await.unwrap();
        assert!(count > 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_wrong_answer_ends_the_run() {
        let mut wrong = (*book(REQUEST_ID_AT)).clone();
        *wrong[7].answer.last_mut().unwrap() ^= 1;
        let error = run_on_echo(Arc::new(wrong)).await.unwrap_err();
        assert!(format!("{error:#}").contains("was answered"), "{error:#}");
        // An echo leaves the place of an answer's correlation ID as it was.
        let error = run_on_echo(book(4)).await.unwrap_err();
        assert!(format!("{error:#}").contains("was answered"), "{error:#}");
    }
}
