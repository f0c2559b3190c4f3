use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::join_all;
use groupkeeper_simulation::{Random, Violation};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use crate::counts::Counts;
use crate::judge::broken;
use crate::world::{Shared, World, client, tool, watch};
use crate::{faults, panics};

/// Whether a seed is one run, line by line. Tokio lets a random number choose among the branches of a
/// `select!` that are ready, and among those who wait for a `watch` whom to wake first; only a build with
/// `--cfg tokio_unstable` lets a seed choose it. Without it a seed is one plan of faults, and what
/// happens in between may differ a little.
pub const REPLAYS: bool = cfg!(tokio_unstable);

/// What came of one seed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What happened.
    pub counts: Counts,
    /// The first invariant that broke, by its name, and what was seen.
    pub broken: Option<(String, String)>,
    /// The last lines of what happened.
    pub trace: Vec<String>,
    /// How many lines there were, and the hash of them all.
    pub lines: u64,
    /// Of two runs, the same where they are one.
    pub hash: u64,
}

/// How many ask within the processes, and how many over gRPC.
const CLIENTS: usize = 3;
const TOOLS: usize = 2;

/// Runs one seed, and keeps the last so many lines of what happened.
///
/// Once in a process: hooks for panics stay, and whatever else counts on in a process would differ in a
/// second run.
///
/// # Errors
/// When there is no runtime to be had.
pub fn run(seed: u64, keeps: usize) -> std::io::Result<Outcome> {
    panics::remember();
    let runtime = runtime(seed)?;
    let world = runtime.block_on(async {
        let began = Instant::now();
        let world = Rc::new(RefCell::new(World::new(seed, keeps)));
        live(&world).await;
        // While there is a runtime to end them.
        world.borrow_mut().end_all();
        world.borrow_mut().sum_up(began);
        world
    });
    drop(runtime);
    let Some(world) = Rc::into_inner(world) else {
        return Err(std::io::Error::other("somebody still holds the world"));
    };
    let World {
        counts,
        broken,
        trace,
        ..
    } = world.into_inner();
    let lines = trace.count();
    let (trace, hash) = trace.end();
    Ok(Outcome {
        seed,
        counts,
        broken: broken.map(|it: Violation| (it.invariant.to_owned(), it.what)),
        trace,
        lines,
        hash,
    })
}

/// One thread, and time that passes when nothing else is left to do.
fn runtime(seed: u64) -> std::io::Result<Runtime> {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().start_paused(true);
    #[cfg(tokio_unstable)]
    builder.rng_seed(tokio::runtime::RngSeed::from_bytes(&seed.to_le_bytes()));
    #[cfg(not(tokio_unstable))]
    let _ = seed;
    builder.build()
}

/// Until the plan has come to its end, or an invariant has broken.
async fn live(world: &Shared) {
    let mut askers: Vec<std::pin::Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
    {
        let world_now = &mut *world.borrow_mut();
        for slot in 0..world_now.slots.len() {
            world_now.start(slot);
        }
        for _ in 0..CLIENTS {
            let random = Random::new(world_now.random.seed());
            askers.push(Box::pin(client(world.clone(), random)));
        }
        for number in 0..TOOLS {
            let random = Random::new(world_now.random.seed());
            askers.push(Box::pin(tool(world.clone(), number, random)));
        }
    }
    tokio::select! {
        biased;
        () = watch(world.clone()) => {}
        () = faults::run(world.clone()) => {}
        _ = join_all(askers) => {}
    }
}

impl World {
    /// A seed is worth its while: as many gateways, faults and minutes as are promised of it.
    fn sum_up(&mut self, began: Instant) {
        let seconds = began.elapsed().as_secs();
        self.counts.add("seconds simulated", seconds);
        self.counts.add("connections opened", self.network.opened());
        for (name, count) in self.calls.rows() {
            self.counts.add(name, count);
        }
        let (gateways, faults) = (self.slots.len(), self.counts.of("faults"));
        if !(3..=5).contains(&gateways) || faults < 20 || seconds < 180 {
            let what = format!("{gateways} gateways, {faults} faults in {seconds} s");
            self.check(broken("a seed's worth", what));
        }
    }

    fn end_all(&mut self) {
        for slot in 0..self.slots.len() {
            self.end_elder(slot);
            self.end(slot);
        }
    }
}
