//! Checks one scenario after the other, and prints what was found.

use std::time::{Duration, Instant};

use groupkeeper_model::{Faults, Fleet};
use stateright::{Checker, Model};

fn main() {
    let arg = |at: usize, or: u8| {
        std::env::args()
            .nth(at)
            .and_then(|it| it.parse().ok())
            .unwrap_or(or)
    };
    let faults = Faults {
        time: arg(1, 5),
        terms: arg(2, 1),
        doubles: arg(3, 1),
        timeouts: arg(4, 1),
        copies: arg(5, 0),
        halves: arg(6, 0),
        pauses: arg(7, 1),
        restarts: arg(8, 0),
        delays: arg(9, 0),
        questions: arg(10, 0),
        moves: arg(11, 1),
    };
    let settled = arg(12, 1) == 1;
    let from = Instant::now();
    let checker = Fleet { faults, settled }
        .checker()
        .threads(2)
        .timeout(Duration::from_secs(u64::from(arg(13, 60))))
        .spawn_bfs()
        .join();
    let whole = from.elapsed() < Duration::from_secs(u64::from(arg(13, 60)));
    println!(
        "{faults:?}\n{} states, {} unique, depth {}, {:?}, exhaustive {}",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth(),
        from.elapsed(),
        whole
    );
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        println!(
            "{:?} {}: {}",
            property.expectation,
            property.name,
            found.as_ref().map_or("none".into(), |it| format!(
                "found after {}",
                it.clone().into_actions().len()
            ))
        );
        if property.expectation == stateright::Expectation::Always
            && let Some(path) = found
        {
            for (state, action) in path.into_vec() {
                println!("    {}", state.told());
                let Some(action) = action else { break };
                println!("    {action:?}");
            }
        }
    }
}
