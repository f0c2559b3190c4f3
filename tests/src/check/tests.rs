//! Histories that are right, and the same with one thing wrong: a rule that lets it pass is none.

mod answers;
mod owners;
mod stories;

pub(super) use stories::{Story, broken};

#[test]
fn an_empty_history_tells_nothing() {
    assert_eq!(broken(&Story::new()), ["history"]);
}

#[test]
fn a_quiet_fleet_is_right() {
    let story = Story::quiet();
    assert_eq!(broken(&story), [""; 0]);
    assert_eq!(super::check(&story.0).unwrap().moves, 0);
}

#[test]
fn a_history_is_read_as_it_was_written() {
    let story = Story::quiet();
    let mut text = Vec::new();
    story.0.write(&mut text).unwrap();
    let read = crate::history::History::read(&String::from_utf8(text).unwrap()).unwrap();
    assert_eq!(
        (read.processes, read.events),
        (story.0.processes, story.0.events)
    );
}
