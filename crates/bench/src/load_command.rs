use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::book::Book;
use crate::echo::Echo;
use crate::frames::Exchange;
use crate::load::{self, Load};

/// A load on one gateway that runs already.
#[derive(Debug, clap::Args)]
pub(crate) struct LoadCommand {
    /// Where Kafka clients reach it, `host:port`.
    addr: String,
    /// Connections at a time.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// Requests in flight on each connection.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    in_flight: u32,
    /// How long.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many groups are asked for, in turns.
    #[arg(long, default_value_t = 1_000)]
    groups: usize,
    /// Takes turns with an echo server, so often.
    #[arg(long)]
    beside_echo: Option<u32>,
}

impl LoadCommand {
    /// Asks for every group once, and then again and again.
    ///
    /// # Errors
    /// When an answer is another than the first time.
    pub(crate) async fn run(&self) -> Result<()> {
        let groups: Vec<_> = (0..self.groups)
            .map(|n| format!("bench-group-{n:05}"))
            .collect();
        let book = Book::read(&self.addr, &groups).await?.exchanges;
        let load = Load {
            connections: usize::from(self.connections),
            in_flight: self.in_flight,
            warm_up: Duration::ZERO,
            span: Duration::from_secs(self.seconds.max(1)),
        };
        let Some(turns) = self.beside_echo else {
            println!(
                "{} right answers a second",
                rate(&self.addr, &load, &book).await?
            );
            return Ok(());
        };
        let echo = Echo::start().await?;
        let echoed = Arc::new(book.iter().map(Exchange::echoed).collect());
        for _ in 0..turns {
            let best = rate(echo.addr(), &load, &echoed).await?;
            let ours = rate(&self.addr, &load, &book).await?;
            println!(
                "{ours} right answers a second, {}% of an echo's {best}",
                ours * 100 / best.max(1)
            );
        }
        Ok(())
    }
}

async fn rate(addr: &str, load: &Load, book: &Arc<Vec<Exchange>>) -> Result<u64> {
    let (addr, load, book) = (addr.to_owned(), load.clone(), Arc::clone(book));
    let seconds = load.span.as_secs().max(1);
    let count = tokio::task::spawn_blocking(move || load::run(&addr, &load, &book)).await??;
    Ok(count / seconds)
}
