use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, sleep_until};

use crate::failure::Failure;
use crate::filer::Filer;
use crate::filers::Filers;

/// What one filer made of a call.
#[derive(Debug)]
pub(crate) enum Attempt<T> {
    /// The answer.
    Done(T),
    /// The answer, unless a filer that was asked earlier has a better one.
    Tentative(T),
    /// None: another filer may have one.
    Failed(Failure),
}

/// How long, and how eagerly, filers are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The most the whole call may take.
    pub(crate) timeout: Duration,
    /// How long one filer is waited for before the next is asked too.
    pub(crate) stagger: Duration,
    /// Whether to start over, after a pause, when every filer has failed.
    pub(crate) start_over: bool,
}

/// An attempt that took this long without an end says something about its filer.
const SLOW: Duration = Duration::from_millis(100);
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// Asks one filer after the other until one has the answer.
///
/// A filer that fails is followed by the next at once; one that hangs is still waited for when the
/// next is asked, since its answer may be the only one (a renewed lock's token, say). So a call may
/// be made twice, and its repetition must do no harm.
pub(crate) async fn over_filers<T, Fut>(
    filers: &Filers,
    plan: Plan,
    call: impl Fn(Arc<Filer>) -> Fut,
) -> Result<T, Failure>
where
    Fut: Future<Output = Attempt<T>>,
{
    let deadline = Instant::now() + plan.timeout;
    let mut pause = FIRST_PAUSE;
    loop {
        let round = filers
            .candidates(deadline)
            .await
            .map_err(Failure::Unavailable)?;
        let failure = match one_round(filers, plan, deadline, round, &call).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let again = plan.start_over && matches!(failure, Failure::Unavailable(_));
        if !again || Instant::now() + pause >= deadline {
            return Err(failure);
        }
        sleep(pause).await;
        pause = pause.saturating_mul(2);
    }
}

async fn one_round<T, Fut>(
    filers: &Filers,
    plan: Plan,
    deadline: Instant,
    round: Vec<Arc<Filer>>,
    call: &impl Fn(Arc<Filer>) -> Fut,
) -> Result<T, Failure>
where
    Fut: Future<Output = Attempt<T>>,
{
    let mut waiting = round.into_iter();
    let mut running = FuturesUnordered::new();
    let mut next_start = Instant::now();
    let mut tentative = None;
    let mut failure: Option<Failure> = None;
    loop {
        if running.is_empty() && (waiting.len() == 0 || tentative.is_some()) {
            break;
        }
        let more = waiting.len() > 0 && tentative.is_none();
        let wake = if more {
            next_start.min(deadline)
        } else {
            deadline
        };
        tokio::select! {
            biased;
            Some(attempt) = running.next() => match attempt {
                Attempt::Done(answer) => return Ok(answer),
                Attempt::Tentative(answer) => tentative = tentative.or(Some(answer)),
                Attempt::Failed(why) => {
                    filers.refresh_soon();
                    failure = Some(match failure { Some(f) => f.join(why), None => why });
                    next_start = Instant::now();
                }
            },
            () = sleep_until(wake) => {
                if Instant::now() >= deadline {
                    filers.refresh_soon();
                    let late = format!("no answer within {:?}", plan.timeout);
                    let late = Failure::Unavailable(late);
                    failure = Some(match failure { Some(f) => f.join(late), None => late });
                    break;
                }
                if let Some(filer) = waiting.next() {
                    let watched = Watched { filer: Arc::clone(&filer), since: Instant::now() };
                    let attempt = call(filer);
                    running.push(async move { watched.until(attempt).await });
                    next_start = Instant::now() + plan.stagger;
                }
            }
        }
    }
    match (tentative, failure) {
        (Some(answer), _) => Ok(answer),
        (None, failure) => {
            Err(failure.unwrap_or_else(|| Failure::Unavailable("no filer was asked".to_owned())))
        }
    }
}

/// Remembers how a filer did, also when nobody waits for it any more: callers give up by dropping.
struct Watched {
    filer: Arc<Filer>,
    since: Instant,
}

impl Watched {
    async fn until<T>(self, attempt: impl Future<Output = Attempt<T>>) -> Attempt<T> {
        let unfinished = Unfinished(&self);
        let attempt = attempt.await;
        std::mem::forget(unfinished);
        match &attempt {
            Attempt::Failed(_) => self.filer.failed(),
            Attempt::Done(_) | Attempt::Tentative(_) => self.filer.succeeded(),
        }
        attempt
    }
}

struct Unfinished<'a>(&'a Watched);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.0.since.elapsed() >= SLOW {
            self.0.filer.timed_out();
        }
    }
}

#[cfg(test)]
mod tests;
