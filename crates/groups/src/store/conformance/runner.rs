use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Fixture, crowd, fence, listing, places, values};

/// Longer than any store should take for any case: a case that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// A case, by its name.
pub(super) type Case = (&'static str, fn(Fixture) -> BoxFuture<'static, ()>);

/// The cases of a module, by the names of their functions.
macro_rules! cases {
    ($module:literal: $($case:ident),+ $(,)?) => {
        pub(super) const CASES: &[crate::store::conformance::runner::Case] = &[
            $((concat!($module, "::", stringify!($case)), |fixture| Box::pin($case(fixture)))),+
        ];
    };
}
pub(super) use cases;

const ALL: &[&[Case]] = &[
    values::CASES,
    fence::CASES,
    listing::CASES,
    crowd::CASES,
    places::CASES,
];

/// Runs every case, each with a store of its own, one after the other. It must run on a tokio runtime
/// with time; several threads find more.
///
/// # Panics
/// After the last case, when one failed or took longer than two minutes, with the names of those.
pub async fn test_all<F, R>(build: F)
where
    F: Fn() -> R,
    R: Future<Output = Fixture>,
{
    let mut failures = Vec::new();
    for (name, case) in ALL.iter().copied().flatten() {
        let case = AssertUnwindSafe(tokio::time::timeout(LIMIT, case(build().await)));
        match case.catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => failures.push(format!("\n  {name}: it did not end")),
            Err(panic) => failures.push(format!("\n  {name}: {}", said(&*panic))),
        }
    }
    let failed = failures.len();
    assert!(failed == 0, "{failed} cases failed:{}", failures.concat());
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".to_owned())
}
