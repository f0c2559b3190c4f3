//! The suite finds what is wrong with a store: each of these stores breaks one promise, and the
//! case that must notice does.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod flawed;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use flawed::{Flaw, Flawed};
use futures_util::FutureExt;
use groupkeeper_assignment_store::conformance::{Fixture, test_matching};
use groupkeeper_assignment_store::{AssignmentStore, MemoryAssignmentStore};

/// Runs the cases named so against the flawed store, and returns what the suite says.
async fn verdict(flaw: Flaw, cases: &str) -> String {
    let build = || async move {
        let store = Flawed::new(flaw);
        let again = store.clone();
        let reopen = move || {
            let forgets = flaw == Flaw::ForgetsOnReopening;
            let store = if forgets {
                Flawed::new(flaw)
            } else {
                again.clone()
            };
            let store: Arc<dyn AssignmentStore> = Arc::new(store);
            std::future::ready(store)
        };
        let spoilt = store.clone();
        Fixture::new(store)
            .reopened_by(reopen)
            .spoiled_by(move |group| {
                spoilt.spoil(&group);
                std::future::ready(())
            })
    };
    let ended = AssertUnwindSafe(test_matching(cases, build))
        .catch_unwind()
        .await;
    ended
        .err()
        .map_or_else(String::new, |panic| *panic.downcast::<String>().unwrap())
}

#[tokio::test]
async fn each_flaw_is_found() {
    let flaws = [
        (Flaw::BeginTwiceIsRefused, "begin::repeated_after_it_landed"),
        (Flaw::BeginTellsNobody, "begin::with_a_wrong_expectation"),
        (
            Flaw::CommitTwiceIsRefused,
            "commit::repeated_after_it_landed",
        ),
        (
            Flaw::RefusedCommitMakesItsChanges,
            "fence::a_deposed_leader_changes_nothing",
        ),
        (
            Flaw::RefusedCommitMakesItsChanges,
            "fence::a_commit_that_arrives_late",
        ),
        (Flaw::EmptyCommitIsSkipped, "commit::without_changes"),
        (Flaw::LostCommitIsConfirmed, "commit::on_an_older_link"),
        (Flaw::VerifyComparesEpochs, "verify::refuses_every_other"),
        (Flaw::VerifyLags, "verify::refuses_every_other"),
        (Flaw::ListStopsAtAThousand, "listing::has_every_group_once"),
        (Flaw::ListRepeatsPageEnds, "listing::has_every_group_once"),
        (Flaw::NamesLoseCase, "names::however_hostile"),
        (Flaw::NamesAreTrimmed, "names::however_hostile"),
        (Flaw::NamesAreCut, "names::however_long"),
        (Flaw::StampsAreFloats, "values::stamps"),
        (Flaw::GatewaysUnsorted, "gateways::are_sorted"),
        (Flaw::DismissIsForgotten, "gateways::a_new_incarnation"),
        (
            Flaw::CompareAndSwapHasAGap,
            "begin::of_two_that_find_nothing",
        ),
        (Flaw::CompareAndSwapHasAGap, "crowd::of_many_begins"),
        (Flaw::ForgetsOnReopening, "reopened::has_everything"),
        (Flaw::RefusedCommitMakesItsChanges, "history::one"),
        (Flaw::CommitTwiceIsRefused, "history::two"),
        (Flaw::SetAsideIsForgotten, "aside::of_an_unreadable"),
        (
            Flaw::SetAsideTakesWhatCanBeRead,
            "aside::of_what_can_be_read",
        ),
        (Flaw::SetAsideHasNoLimit, "aside::has_a_limit"),
        (Flaw::RefusedCommitMakesItsChanges, "aside::by_a_deposed"),
    ];
    for (flaw, case) in flaws {
        let said = verdict(flaw, case).await;
        assert!(
            said.starts_with("1 of 1 cases failed"),
            "{flaw:?} passes {case}: {said}"
        );
        assert!(said.contains(case), "the case is not named: {said}");
    }
}

#[tokio::test]
#[should_panic(expected = "no case is named like `no such`")]
async fn a_filter_that_fits_nothing_is_no_success() {
    test_matching("no such", || async {
        Fixture::new(MemoryAssignmentStore::new())
    })
    .await;
}
