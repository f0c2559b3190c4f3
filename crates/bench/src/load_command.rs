use std::time::Duration;

use anyhow::Result;

use crate::book::Book;
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
        let seconds = load.span.as_secs();
        let addr = self.addr.clone();
        let count = tokio::task::spawn_blocking(move || load::run(&addr, &load, &book)).await??;
        println!("{} right answers a second", count / seconds);
        Ok(())
    }
}
