//! What every [`LockService`] promises, as tests that any implementation can run.
//!
//! An implementer writes a [`Builder`] and calls [`test_all`]:
//!
//! ```
//! use std::sync::Arc;
//! use groupkeeper_election::{LockService, MemoryLockService, conformance, testing::TokioClock};
//!
//! struct Memory(MemoryLockService);
//!
//! #[async_trait::async_trait]
//! impl conformance::Builder for Memory {
//!     async fn build(&self) -> Arc<dyn LockService> {
//!         Arc::new(self.0.clone())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! conformance::test_all(Memory(MemoryLockService::new(Arc::new(TokioClock::new())))).await;
//! # }
//! ```
//!
//! The keys are new with every run, so that a real service needs no cleaning. A run takes about
//! 10 seconds of the service's time.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::Incarnation;
use tokio::task::JoinSet;

mod builder;
mod exclusion;
mod expiry;
mod ownership;
mod release;
mod renewal;
mod trial;

#[cfg(doc)]
use crate::LockService;
pub use builder::Builder;
use trial::Trial;

/// More than any case needs, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A case that an implementation does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its name, like `expiry::lasts_its_time_to_live`.
    pub case: &'static str,
    /// What it said.
    pub why: String,
}

/// Runs every case.
///
/// # Panics
/// When one fails, naming each that did.
pub async fn test_all(builder: impl Builder) {
    let failures = failures(builder).await;
    let said: String = failures
        .iter()
        .map(|f| format!("\n- {}: {}", f.case, f.why))
        .collect();
    assert!(
        failures.is_empty(),
        "{} cases of the lock service's suite fail:{said}",
        failures.len()
    );
}

/// Runs every case, one after the other, and returns those that fail.
pub async fn failures(builder: impl Builder) -> Vec<Failure> {
    let builder: Arc<dyn Builder> = Arc::new(builder);
    let run = Incarnation::random();
    let mut failures = Vec::new();
    for case in CASES {
        let builder = Arc::clone(&builder);
        let one = async move {
            let trial = Trial::new(builder, run, case.name).await;
            (case.run)(trial).await;
        };
        // A task of its own, so that a panic is an answer.
        let mut task = JoinSet::new();
        task.spawn(tokio::time::timeout(PATIENCE, one));
        let why = match task.join_next().await {
            Some(Ok(Ok(()))) => continue,
            Some(Ok(Err(_))) => format!("no end after {PATIENCE:?}"),
            Some(Err(error)) => said(error),
            None => "the case was lost".to_owned(),
        };
        failures.push(Failure {
            case: case.name,
            why,
        });
    }
    failures
}

fn said(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "stopped with the runtime".to_owned();
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast::<&str>()
            .map_or("a panic", |text| *text)
            .to_owned(),
    }
}

struct Case {
    name: &'static str,
    run: fn(Trial) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

macro_rules! cases {
    ($($group:ident :: $case:ident,)*) => {
        &[$(Case {
            name: concat!(stringify!($group), "::", stringify!($case)),
            run: |trial| Box::pin($group::$case(trial)),
        }),*]
    };
}

const CASES: &[Case] = cases![
    exclusion::a_held_lock_is_refused,
    exclusion::a_holder_of_the_same_name_is_refused,
    exclusion::keys_are_independent,
    exclusion::the_longest_key_is_a_key,
    exclusion::one_of_many_acquires,
    ownership::a_refusal_names_the_holder,
    ownership::the_holder_is_told_to_all,
    ownership::nobody_holds_a_free_lock,
    renewal::renewals_outlast_the_time_to_live,
    renewal::the_newest_token_renews,
    renewal::a_rotated_token_is_lost,
    renewal::an_unknown_token_is_lost,
    renewal::a_free_lock_is_not_renewed,
    expiry::lasts_its_time_to_live,
    expiry::an_expired_lock_is_free,
    expiry::an_expired_lock_is_lost_though_nobody_took_it,
    expiry::an_expired_lock_is_lost_to_who_took_it,
    release::frees_at_once,
    release::the_newest_token_releases,
    release::a_wrong_token_changes_nothing,
    release::an_earlier_holder_changes_nothing,
    release::a_free_lock_may_be_released,
    release::a_released_lock_is_not_renewed,
];
