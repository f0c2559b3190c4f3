//! A seed is a run: the same one, every time.

use groupkeeper_simulation::{Mix, run};

#[test]
fn one_seed_is_one_run() {
    let mix = Mix::all();
    let (first, again) = (run(3, &mix, true), run(3, &mix, true));
    assert!(first.trace.len() > 1_000, "something happens");
    assert!(first.trace == again.trace, "the same, line by line");
    assert_eq!(first.steps, again.steps);
    assert_ne!(run(4, &mix, false).steps, first.steps);
}

#[test]
fn a_trace_changes_nothing() {
    let mix = Mix::all();
    let (silent, told) = (run(5, &mix, false), run(5, &mix, true));
    assert!(silent.trace.is_empty());
    assert_eq!(silent.steps, told.steps);
    assert_eq!(silent.broken, told.broken);
}
