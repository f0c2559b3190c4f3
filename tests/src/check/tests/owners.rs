use super::stories::{Story, broken};
use crate::history::{Event, Fault};

#[test]
fn a_group_goes_on_from_a_dead_owner() {
    assert_eq!(broken(&Story::failed_over()), [""; 0]);
}

#[test]
fn two_processes_with_one_token_are_two_owners() {
    let story = Story::quiet().owns(1, 3_000, (1, 1));
    assert_eq!(broken(&story), ["G2"]);
}

#[test]
fn an_owner_that_goes_on_after_the_next_one_is_a_second_owner() {
    let story = Story::failed_over().owns(0, 9_100, (1, 1));
    assert!(broken(&story).contains(&"G2"));
}

#[test]
fn claims_that_overlap_in_time_may_be_in_either_order() {
    let story = Story::failed_over();
    let both = story.clone().owns(0, 7_505, (1, 1));
    // The one claim may have been a moment before the other.
    assert!(!broken(&both).contains(&"G2"), "{:?}", broken(&both));
    let after = story.owns(0, 7_511, (1, 1));
    assert!(broken(&after).contains(&"G2"));
}

#[test]
fn a_process_that_takes_a_group_back_by_an_old_decision_is_wrong() {
    let story = Story::failed_over()
        .owns(1, 9_500, (1, 3))
        .owns(1, 9_600, (1, 2));
    assert_eq!(broken(&story), ["G2"]);
}

#[test]
fn a_lease_has_an_end_and_is_not_longer_than_promised() {
    for left in [0, 4_351] {
        let story = Story::quiet().owns_for(0, 3_100, (1, 1), left);
        assert_eq!(broken(&story), ["G2"], "{left} ms");
    }
}

#[test]
fn nobody_takes_a_group_before_the_lease_of_a_silent_owner_is_over() {
    let early = |what| {
        let story = Story::quiet().fault("a", what, 3_050);
        story.owns(1, 6_900, (1, 2)).says(1, 6_950, "b")
    };
    assert_eq!(broken(&early(Fault::Killed)), ["G2"]);
    assert_eq!(broken(&early(Fault::Cut)), ["G2"]);
    assert_eq!(broken(&early(Fault::Leaving)), [""; 0]);
}

#[test]
fn an_epoch_has_one_leader() {
    let leads = |process, epoch| Event::Leader {
        process,
        start: 1,
        end: 2,
        leader: Some(("a".to_owned(), epoch)),
        leads: true,
    };
    let story = Story::quiet().event(leads(0, 1)).event(leads(1, 2));
    assert_eq!(broken(&story), [""; 0]);
    assert_eq!(broken(&story.event(leads(1, 1))), ["G3"]);
}

#[test]
fn a_group_stays_where_all_is_well() {
    let moved = |story: Story| story.owns(1, 3_500, (2, 2)).says(1, 3_600, "b");
    assert_eq!(broken(&moved(Story::quiet())), ["G4"]);
    let other = Story::quiet().fault("c", Fault::Killed, 3_050);
    assert_eq!(broken(&moved(other)), ["G4"]);
    let drained = Story::quiet().fault("a", Fault::Leaving, 3_050);
    assert_eq!(broken(&moved(drained)), [""; 0]);
    let over = Story::new().fault("a", Fault::Leaving, 0).healed("a", 100);
    let over = over.owns(0, 6_000, (1, 1)).says(0, 6_000, "a");
    assert_eq!(
        broken(&over.owns(1, 6_500, (2, 2)).says(1, 6_600, "b")),
        ["G4"]
    );
}
