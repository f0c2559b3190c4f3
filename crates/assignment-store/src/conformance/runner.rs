use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{
    Fixture, aside, begin, changes, commit, crowd, durable, empty, fence, gateways, history,
    listing, names, second, values, verify,
};

/// Longer than any store should take for any case: a case that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// A case, by its name.
pub(super) type Case = (&'static str, fn(Fixture) -> BoxFuture<'static, ()>);

/// The cases of a module, by the names of their functions.
macro_rules! cases {
    ($module:literal: $($case:ident),+ $(,)?) => {
        pub(super) const CASES: &[crate::conformance::runner::Case] = &[
            $((concat!($module, "::", stringify!($case)), |fixture| Box::pin($case(fixture)))),+
        ];
    };
}
pub(super) use cases;

const ALL: &[&[Case]] = &[
    empty::CASES,
    begin::CASES,
    commit::CASES,
    fence::CASES,
    changes::CASES,
    values::CASES,
    gateways::CASES,
    listing::CASES,
    names::CASES,
    verify::CASES,
    crowd::CASES,
    history::CASES,
    second::CASES,
    durable::CASES,
    aside::CASES,
];

/// Runs every case, each with a store of its own, one after the other. It must run on a tokio
/// runtime with time; several threads find more.
///
/// # Panics
/// After the last case, when one failed or took longer than two minutes, with the names of those.
pub async fn test_all<F, R>(build: F)
where
    F: Fn() -> R,
    R: Future<Output = Fixture>,
{
    test_matching("", build).await;
}

/// Runs the cases with a part of this text in their names, to look closer at one that failed.
///
/// # Panics
/// As [`test_all`] does, and when no case has such a name.
pub async fn test_matching<F, R>(part_of_name: &str, build: F)
where
    F: Fn() -> R,
    R: Future<Output = Fixture>,
{
    let named = |(name, _): &&Case| name.contains(part_of_name);
    let chosen = ALL
        .iter()
        .copied()
        .flatten()
        .filter(named)
        .collect::<Vec<_>>();
    assert!(!chosen.is_empty(), "no case is named like `{part_of_name}`");
    let mut failures = Vec::new();
    for (name, case) in &chosen {
        if let Err(why) = run(*case, build().await).await {
            failures.push(format!("\n  {name}: {why}"));
        }
    }
    let (failed, all) = (failures.len(), chosen.len());
    assert!(
        failures.is_empty(),
        "{failed} of {all} cases failed:{}",
        failures.concat()
    );
}

async fn run(case: fn(Fixture) -> BoxFuture<'static, ()>, fixture: Fixture) -> Result<(), String> {
    let ended = AssertUnwindSafe(tokio::time::timeout(LIMIT, case(fixture)))
        .catch_unwind()
        .await;
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(format!("it did not end within {} s", LIMIT.as_secs())),
        Err(panic) => Err(said(&*panic)),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".to_owned())
}
