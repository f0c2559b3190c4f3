use super::stories::{Story, broken};
use crate::history::{Answer, Event, Fault};

#[test]
fn an_old_answer_is_right_until_the_move_has_settled() {
    let story = Story::failed_over();
    assert_eq!(broken(&story.clone().says(0, 11_000, "a")), [""; 0]);
    assert_eq!(broken(&story.says(0, 12_000, "a")), ["G1"]);
}

#[test]
fn nobody_goes_back() {
    let story = Story::failed_over().says(2, 8_000, "a");
    assert_eq!(broken(&story), ["G1"]);
}

#[test]
fn a_group_may_come_back_to_an_owner_by_a_newer_decision() {
    let story = Story::failed_over().healed("a", 9_000);
    let story = story.fault("b", Fault::Leaving, 9_100);
    let story = story
        .owns(0, 9_200, (1, 3))
        .says(2, 9_300, "a")
        .says(1, 9_300, "a");
    assert_eq!(broken(&story), [""; 0]);
}

#[test]
fn nobody_is_named_before_its_time() {
    // A still owned it when B was named.
    let story = Story::quiet().fault("a", Fault::Leaving, 100);
    let story = story.says(1, 2_000, "b").owns(1, 3_500, (1, 2));
    assert_eq!(broken(&story), ["G1"]);
}

#[test]
fn no_third_is_named() {
    assert_eq!(broken(&Story::failed_over().says(0, 8_000, "c")), ["G1"]);
    // It was to be the next, and died before it could act.
    let story = Story::failed_over().fault("c", Fault::Killed, 3_050);
    assert_eq!(broken(&story.says(1, 7_450, "c")), [""; 0]);
}

#[test]
fn a_group_of_the_living_is_answered_all_through() {
    for answer in [Answer::Error(15), Answer::Lost("closed".to_owned())] {
        let alone = Story::quiet().answers(1, 2_500, answer.clone());
        assert_eq!(broken(&alone), ["G5"]);
        let leader_died = Story::quiet().fault("c", Fault::Killed, 2_400);
        assert_eq!(broken(&leader_died.answers(1, 2_500, answer)), ["G5"]);
    }
}

#[test]
fn who_is_not_well_need_not_answer() {
    let error = || Answer::Error(15);
    let dead = Story::quiet().fault("c", Fault::Killed, 2_400);
    assert_eq!(broken(&dead.answers(2, 2_500, error())), [""; 0]);
    let coordinator = Story::failed_over().answers(2, 5_000, error());
    assert_eq!(broken(&coordinator), [""; 0]);
    let store = Story::quiet().event(Event::StoreFault { at: 2_400_000 });
    assert_eq!(broken(&store.clone().answers(2, 2_500, error())), [""; 0]);
    let store = store.event(Event::StoreHealed { at: 2_600_000 });
    let late = store.owns(0, 7_100, (1, 1)).answers(2, 7_100, error());
    assert_eq!(broken(&late), ["G5"]);
}

#[test]
fn a_group_that_nobody_owned_yet_need_not_be_known() {
    let mut early = Story::new().answers(0, 0, Answer::Error(15));
    early = early.owns(0, 500, (1, 1)).says(0, 600, "a");
    assert_eq!(broken(&early), [""; 0]);
}
