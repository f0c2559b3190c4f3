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
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(25);

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

/// Asks one filer once, and waits for it until the deadline.
pub(crate) async fn at_one<T, Fut>(
    filers: &Filers,
    plan: Plan,
    deadline: Instant,
    filer: Arc<Filer>,
    call: &impl Fn(Arc<Filer>) -> Fut,
) -> Result<T, Failure>
where
    Fut: Future<Output = Attempt<T>>,
{
    one_round(filers, plan, deadline, vec![filer], call).await
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
        // Not left to the timer, which rings a millisecond late: many calls take less.
        let now = Instant::now();
        if next_start <= now
            && now < deadline
            && tentative.is_none()
            && let Some(filer) = waiting.next()
        {
            let watched = Watched {
                filer: Arc::clone(&filer),
                since: now,
            };
            let attempt = call(filer);
            running.push(async move { watched.until(attempt).await });
            next_start = now + plan.stagger;
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
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{SeaweedConfig, ServerAddress};

    const PLAN: Plan = Plan {
        timeout: Duration::from_millis(400),
        stagger: Duration::from_millis(150),
        start_over: false,
    };

    fn three() -> Filers {
        let filers = Filers::new(SeaweedConfig::new(Vec::new()));
        let addresses = ["a:1", "b:1", "c:1"].map(|text| ServerAddress::new(text).unwrap());
        filers.publish(filers.updated(addresses.to_vec()));
        filers
    }

    fn down() -> Attempt<&'static str> {
        Attempt::Failed(Failure::Unavailable("down".to_owned()))
    }

    /// Calls with each filer's host, and says which were asked, and what they were waited for.
    async fn run<Fut>(
        filers: &Filers,
        plan: Plan,
        call: impl Fn(String) -> Fut,
    ) -> (Result<&'static str, Failure>, Vec<String>, Duration)
    where
        Fut: Future<Output = Attempt<&'static str>>,
    {
        let (asked, started) = (Mutex::new(Vec::new()), Instant::now());
        let answer = over_filers(filers, plan, |filer| {
            asked.lock().unwrap().push(filer.address.host().to_owned());
            call(filer.address.host().to_owned())
        });
        let answer = answer.await;
        (answer, asked.into_inner().unwrap(), started.elapsed())
    }

    async fn first(filers: &Filers) -> String {
        let order = filers.candidates(Instant::now()).await.unwrap();
        order[0].address.host().to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_fails_is_followed_at_once_and_asked_last_for_a_while() {
        let filers = three();
        let call = async |host: String| {
            if host == "a" {
                down()
            } else {
                Attempt::Done("ok")
            }
        };
        let (answer, asked, took) = run(&filers, PLAN, call).await;
        assert_eq!(
            (answer, asked),
            (Ok("ok"), vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(took, Duration::ZERO);
        assert_eq!(first(&filers).await, "b");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(first(&filers).await, "a");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_overtaken_and_asked_last_for_a_while() {
        let filers = three();
        let call = async |host: String| {
            if host == "a" {
                std::future::pending::<()>().await;
            }
            Attempt::Done("ok")
        };
        let (answer, asked, took) = run(&filers, PLAN, call).await;
        assert_eq!(
            (answer, asked),
            (Ok("ok"), vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(took, PLAN.stagger);
        assert_eq!(first(&filers).await, "b");
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_teaches_as_much() {
        let filers = three();
        let hangs = over_filers(&filers, PLAN, |_| std::future::pending::<Attempt<()>>());
        assert!(
            tokio::time::timeout(Duration::from_millis(120), hangs)
                .await
                .is_err()
        );
        assert_eq!(first(&filers).await, "b");
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_of_one_that_is_slow_is_better_than_a_tentative_one() {
        let filers = three();
        let slow_grant = async |host: String| {
            if host == "a" {
                sleep(Duration::from_millis(300)).await;
                return Attempt::Done("granted");
            }
            Attempt::Tentative("held")
        };
        let (answer, asked, _) = run(&filers, PLAN, slow_grant).await;
        assert_eq!((answer, asked.len()), (Ok("granted"), 2));
        let never = async |host: String| {
            if host == "a" {
                std::future::pending::<()>().await;
            }
            Attempt::Tentative("held")
        };
        let (answer, _, took) = run(&three(), PLAN, never).await;
        assert_eq!((answer, took), (Ok("held"), PLAN.timeout));
        let at_once = async |_| Attempt::Tentative("held");
        let (answer, asked, took) = run(&three(), PLAN, at_once).await;
        assert_eq!((answer, asked.len(), took), (Ok("held"), 1, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn every_call_ends() {
        let hangs = async |_| std::future::pending().await;
        let (answer, asked, took) = run(&three(), PLAN, hangs).await;
        assert!(matches!(answer, Err(Failure::Unavailable(why)) if why.contains("400ms")));
        assert_eq!((asked.len(), took), (3, PLAN.timeout));
        let (answer, asked, took) = run(&three(), PLAN, async |_| down()).await;
        assert!(answer.is_err());
        assert_eq!((asked.len(), took), (3, Duration::ZERO));
        let again = Plan {
            start_over: true,
            ..PLAN
        };
        let (answer, asked, took) = run(&three(), again, async |_| down()).await;
        assert!(answer.is_err() && took <= PLAN.timeout);
        // Pauses of 25, 50, 100 and 200 ms; the next would be too long.
        assert_eq!(asked.len(), 3 * 5);
        let nobody = Filers::new(SeaweedConfig::new(Vec::new()));
        let (answer, asked, took) = run(&nobody, PLAN, async |_| down()).await;
        assert!(matches!(answer, Err(Failure::Unavailable(why)) if why.contains("no filer")));
        assert_eq!((asked.len(), took), (0, PLAN.timeout));
    }
}
