//! A seed is a run: the same one, every time.

use groupkeeper_simulation::run;

#[test]
fn one_seed_is_one_run() {
    let (first, again) = (run(3, true), run(3, true));
    assert!(first.trace.len() > 1_000, "something happens");
    assert!(first.trace == again.trace, "the same, line by line");
    assert_eq!(first.steps, again.steps);
    assert_ne!(run(4, false).steps, first.steps);
}

#[test]
fn a_trace_changes_nothing() {
    let (silent, told) = (run(5, false), run(5, true));
    assert!(silent.trace.is_empty());
    assert_eq!(silent.steps, told.steps);
    assert_eq!(silent.broken, told.broken);
}
