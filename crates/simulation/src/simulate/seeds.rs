//! Many seeds on several threads; each seed by itself is one thread's.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use groupkeeper_simulation::{Counts, Mix, Outcome, Progress, run};

/// What came of many seeds.
#[derive(Default)]
pub(crate) struct Sum {
    pub(crate) counts: Counts,
    pub(crate) ran: u64,
    pub(crate) failed: u64,
    /// The failed seed with the lowest number.
    pub(crate) first: Option<Outcome>,
}

/// Runs `count` seeds from `from` on, up to the first failure unless `all` are wanted: the seeds
/// below a failed one are always run, so the lowest that fails is the same however many threads
/// there are. `failed` is called for each failure, with whether it is the first to be seen.
pub(crate) fn run_all(
    from: u64,
    count: u64,
    mix: &Mix,
    threads: usize,
    all: bool,
    shows: bool,
    failed: impl Fn(&Outcome, bool),
) -> Sum {
    let next = AtomicU64::new(from);
    let stop = AtomicBool::new(false);
    let end = from.saturating_add(count);
    let (done, outcomes) = mpsc::sync_channel::<Outcome>(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let done = done.clone();
            let (next, stop) = (&next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || done.send(run(seed, mix, false)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut sum = Sum::default();
        let mut progress = Progress::of(count);
        for outcome in outcomes {
            sum.ran += 1;
            sum.counts.add(&outcome.counts);
            if outcome.broken.is_some() {
                sum.failed += 1;
                failed(&outcome, sum.failed == 1);
                if !all {
                    stop.store(true, Ordering::Relaxed);
                }
                if sum.first.as_ref().is_none_or(|it| outcome.seed < it.seed) {
                    sum.first = Some(outcome);
                }
            }
            if shows {
                progress.tell(sum.ran, sum.failed);
            }
        }
        sum
    })
}
