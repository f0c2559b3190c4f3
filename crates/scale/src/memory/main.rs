//! What one group costs a leader in memory: the shipped registry loads a store with a million of them,
//! and every allocation is counted.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

mod stored;

use std::alloc::System;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use groupkeeper_election::{LockKey, MemoryLockService};
use groupkeeper_registry::peer::Directory;
use groupkeeper_registry::testing::MemoryNetwork;
use groupkeeper_registry::{Config, Parts, Registry};
use groupkeeper_types::{Clock, ManualClock};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use stored::Stored;

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many groups, and at how many gateways.
#[derive(Debug, Clone, Copy, Parser)]
struct Args {
    /// Groups.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    groups: u32,
    /// Gateways, the leader included, with as many groups each.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    gateways: u32,
}

fn main() -> ExitCode {
    match measure(Args::parse()) {
        // One number alone: it is read by the benchmarks.
        Ok(bytes) => {
            println!("{bytes:.1}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Bytes for each group that are still in use when all of them are loaded.
fn measure(args: Args) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // It stands still: nobody else beats, and nobody is to be taken for gone meanwhile.
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let store = Stored::new(args.groups, args.gateways);
        let me = store.gateway(0);
        let parts = Parts {
            locks: Arc::new(MemoryLockService::new(Arc::clone(&clock))),
            lock_key: LockKey::new("leader").context("a key")?,
            store: Arc::new(store),
            peers: MemoryNetwork::default().seen_from(&me.rpc),
            clock,
        };
        let before = in_use();
        let registry = Registry::start(me, Config::default(), parts)?;
        let groups = usize::try_from(args.groups)?;
        let end = tokio::time::Instant::now() + Duration::from_secs(600);
        while registry.status().assignments != Some(groups) {
            ensure!(tokio::time::Instant::now() < end, "{:?}", registry.status());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for number in (0..args.groups).step_by(1_000) {
            let group = stored::group(number);
            let found = registry.known(group.as_str()).context("it is loaded")?;
            ensure!(
                found.decision.coordinator == stored::addr(number % args.gateways),
                "{group} is at {}",
                found.decision.coordinator
            );
        }
        let bytes = in_use().saturating_sub(before);
        #[allow(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
        Ok(bytes as f64 / f64::from(args.groups))
    })
}

/// Bytes that are allocated at this moment.
fn in_use() -> usize {
    let stats = COUNTED.stats();
    stats
        .bytes_allocated
        .saturating_sub(stats.bytes_deallocated)
}
