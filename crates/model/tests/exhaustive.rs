//! Small bounds, searched whole, in the time that a test may take.

use groupkeeper_model::{Faults, Fleet};
use stateright::{Checker, Expectation, Model};

#[test]
fn no_promise_breaks_through_a_change_of_leader() {
    let faults = Faults {
        time: 2,
        terms: 1,
        doubles: 1,
        ..Faults::default()
    };
    let fleet = Fleet {
        faults,
        settled: true,
    };
    let checker = fleet.checker().threads(2).spawn_bfs().join();
    assert!(checker.unique_state_count() > 1_000);
    for property in checker.model().properties() {
        if property.expectation == Expectation::Always {
            let found = checker.discovery(property.name);
            let actions = found.map(stateright::Path::into_actions);
            assert!(
                actions.is_none(),
                "{} breaks by {actions:#?}",
                property.name
            );
        }
    }
    for name in ["a take-over", "an old leader's write refused"] {
        assert!(checker.discovery(name).is_some(), "never seen: {name}");
    }
}
