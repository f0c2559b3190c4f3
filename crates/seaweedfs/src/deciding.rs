//! Where a call that decides something goes: to the filer that decides, directly, and only while
//! this process has a permit.
//!
//! No route key is sent with it, so the filer does not pass it on, whatever its own ring says.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::ServerAddress;
use crate::attempts::{Attempt, FIRST_PAUSE, Plan, at_one};
use crate::failure::Failure;
use crate::filer::Filer;
use crate::rule::{COPYING, FRESH, Permit, Refusal, Round, Rule};
use crate::shared::Shared;

/// What the rounds allow, for those who wait for them.
#[derive(Debug)]
pub(crate) struct Deciding {
    rule: Mutex<Rule>,
    /// When the newest round that has ended was sent.
    ended: watch::Sender<Option<Instant>>,
}

/// What a call needs that decides something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A round as old as the call: what follows from it counts from its beginning.
    Fresh,
    /// A permit.
    Permit,
}

impl Deciding {
    pub(crate) fn new(settle: Duration) -> Self {
        Self {
            rule: Mutex::new(Rule::new(settle)),
            ended: watch::Sender::new(None),
        }
    }

    pub(crate) fn rule(&self) -> MutexGuard<'_, Rule> {
        // Each change of the rule is whole, so a panic elsewhere leaves it usable.
        self.rule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn heard(&self, round: &Round) {
        self.rule().heard(round);
        self.ended.send_replace(Some(round.sent));
    }

    pub(crate) fn permit(&self) -> Result<Permit, Refusal> {
        self.rule().permit(Instant::now())
    }

    /// Waits until a round has ended that was sent at this time or later.
    async fn round_since(&self, since: Option<Instant>, deadline: Instant) {
        let mut ended = self.ended.subscribe();
        let it = |ended: &Option<Instant>| ended.is_some() && *ended >= since;
        // No round is waited for longer, and what is known then counts.
        drop(timeout_at(deadline, ended.wait_for(it)).await);
    }

    /// Waits until this filer may not be asked to decide any more.
    async fn lapsed(&self, decider: &ServerAddress) {
        while let Ok(permit) = self.permit()
            && permit.decider == *decider
        {
            let mut ended = self.ended.subscribe();
            ended.mark_unchanged();
            tokio::select! {
                () = sleep_until(permit.until) => {}
                _ = ended.changed() => {}
            }
        }
    }
}

impl Shared {
    /// Asks the filer that decides, and again after a pause where that failed, until the deadline.
    pub(crate) async fn at_decider<T, Fut>(
        &self,
        plan: Plan,
        needs: Needs,
        call: impl Fn(Arc<Filer>) -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Attempt<T>>,
    {
        let begun = Instant::now();
        let deadline = begun + plan.timeout;
        let mut pause = FIRST_PAUSE;
        loop {
            let failure = match self.permit(begun, needs, deadline).await {
                Ok(permit) => {
                    let filer = self.filers.at(&permit.decider);
                    tokio::select! {
                        biased;
                        answer = at_one(&self.filers, plan, deadline, filer, &call) => match answer {
                            Ok(answer) => return Ok(answer),
                            Err(failure) => failure,
                        },
                        () = self.deciding.lapsed(&permit.decider) => Failure::Unavailable(format!(
                            "whether filer {} still decides is not known any more",
                            permit.decider
                        )),
                    }
                }
                Err(Refusal::Settling(decider, missing)) if begun + missing > deadline => {
                    return Err(Failure::Unavailable(settling(&decider, missing)));
                }
                Err(refusal) => Failure::Unavailable(refusal.to_string()),
            };
            let again = plan.start_over && matches!(failure, Failure::Unavailable(_));
            if !again || Instant::now() + pause >= deadline {
                return Err(failure);
            }
            sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
    }

    /// Whether this process may decide; waits for the first round at most so long.
    pub(crate) async fn may_decide(&self, needs: Needs, wait: Duration) -> Result<(), Refusal> {
        let begun = Instant::now();
        self.permit(begun, needs, begun + wait).await.map(drop)
    }

    async fn permit(
        &self,
        begun: Instant,
        needs: Needs,
        deadline: Instant,
    ) -> Result<Permit, Refusal> {
        let oldest = match needs {
            Needs::Fresh => begun.checked_sub(FRESH),
            Needs::Permit => None,
        };
        let known = *self.deciding.ended.borrow();
        if known < oldest || known.is_none() {
            self.filers.refresh_soon();
            self.deciding.round_since(oldest, deadline).await;
        }
        let permit = self.deciding.permit()?;
        if oldest.is_some_and(|oldest| permit.sent < oldest) {
            let trouble = self.deciding.rule().trouble().to_owned();
            return Err(Refusal::Unknown(trouble));
        }
        Ok(permit)
    }
}

pub(crate) fn settling(decider: &ServerAddress, missing: Duration) -> String {
    let missing = missing.as_millis();
    format!(
        "filer {decider} is to decide, and must have stood for longer, so that nobody acts any more on \
         what another filer decided: {missing} ms are missing"
    )
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Settling(decider, missing) => f.write_str(&settling(decider, *missing)),
            Self::Copying(decider, missing) => write!(
                f,
                "filer {decider} is to decide, and has not copied yet what was decided elsewhere: {missing}. \
                 It is waited for, {COPYING:?} at most"
            ),
            Self::Unknown(why) => write!(f, "nothing is decided now: {why}"),
        }
    }
}
