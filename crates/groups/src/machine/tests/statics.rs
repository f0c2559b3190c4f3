use super::acts::{INITIAL, JOINING, Joining, SESSION};
use super::play::Play;
use crate::calls::GroupError;

const DESK: Joining<'_> = Joining {
    instance: Some("desk"),
    ..JOINING
};

/// A static member that works alone: its name.
fn one(play: &mut Play) -> String {
    let joins = play.join(DESK);
    play.pass(INITIAL);
    let joined = play.joined(joins).unwrap().unwrap();
    let sync = play.sync_as(
        &joined.member_id,
        Some("desk"),
        1,
        &[(&joined.member_id, "all")],
    );
    assert_eq!(play.synced(sync), Some(Ok("all".to_owned())));
    joined.member_id
}

#[test]
fn a_static_member_that_comes_back_keeps_its_part_and_fences_the_one_before() {
    let mut play = Play::new();
    let before = one(&mut play);
    let back = play.join(DESK);
    let joined = play.joined(back).unwrap().unwrap();
    assert_ne!(joined.member_id, before);
    assert_eq!((joined.generation, joined.skip_assignment), (1, true));
    assert_eq!(joined.members.len(), 1, "it leads, and sees the group");
    let sync = play.sync_as(&joined.member_id, Some("desk"), 1, &[]);
    assert_eq!(play.synced(sync), Some(Ok("all".to_owned())));
    let fenced = play.sync_as(&before, Some("desk"), 1, &[]);
    assert_eq!(play.synced(fenced), Some(Err(GroupError::FencedInstanceId)));
    let rejoins = play.join(Joining {
        member: &before,
        ..DESK
    });
    assert_eq!(
        play.joined(rejoins),
        Some(Err(GroupError::FencedInstanceId))
    );
    let stranger = play.join(Joining {
        member: "x",
        instance: Some("other"),
        ..JOINING
    });
    assert_eq!(
        play.joined(stranger),
        Some(Err(GroupError::UnknownMemberId))
    );
    assert_eq!(play.beat(&before, 1), Err(GroupError::UnknownMemberId));
}

#[test]
fn an_older_client_that_comes_back_is_not_told_that_it_leads() {
    let mut play = Play::new();
    let before = one(&mut play);
    let back = play.join(Joining { version: 8, ..DESK });
    let joined = play.joined(back).unwrap().unwrap();
    assert_eq!((joined.leader, joined.skip_assignment), (before, false));
    assert!(joined.members.is_empty());
}

#[test]
fn who_comes_back_with_other_protocols_starts_a_rebalance() {
    let mut play = Play::new();
    one(&mut play);
    let protocols = &["sticky", "range"];
    let back = play.join(Joining { protocols, ..DESK });
    let joined = play.joined(back).unwrap().unwrap();
    assert_eq!((joined.generation, joined.protocol.as_str()), (2, "sticky"));
}

#[test]
fn a_static_member_is_missed_only_when_its_session_is_over() {
    let mut play = Play::new();
    let before = one(&mut play);
    let other = play.name();
    let joins = play.join(Joining {
        member: &other,
        ..JOINING
    });
    // Restarting, it is not waited for beyond its session, and keeps its place until then.
    play.pass(SESSION / 2);
    assert_eq!(play.joined(joins), None);
    play.pass(SESSION);
    let joined = play.joined(joins).unwrap().unwrap();
    assert_eq!((joined.generation, joined.members.len()), (2, 1));
    assert_eq!(play.beat(&before, 2), Err(GroupError::UnknownMemberId));
}

#[test]
fn an_administrator_removes_a_static_member_by_its_lasting_name() {
    let mut play = Play::new();
    let name = one(&mut play);
    let unknown = Err(GroupError::UnknownMemberId);
    assert_eq!(play.leave("", Some("other")), unknown);
    let fenced = play.leave("another", Some("desk"));
    assert_eq!(fenced, Err(GroupError::FencedInstanceId));
    assert_eq!(play.leave("", Some("desk")), Ok(()));
    assert_eq!(play.leave(&name, Some("desk")), unknown);
    assert!(play.body.unwrap().members.is_empty());
}

#[test]
fn the_same_over_a_failover() {
    let mut play = Play::new();
    let before = one(&mut play);
    let mut next = play.taken_over();
    let back = next.join(DESK);
    let joined = next.joined(back).unwrap().unwrap();
    assert_eq!((joined.generation, joined.skip_assignment), (1, true));
    let mut last = next.taken_over();
    let fenced = last.sync_as(&before, Some("desk"), 1, &[]);
    assert_eq!(last.synced(fenced), Some(Err(GroupError::FencedInstanceId)));
    let sync = last.sync_as(&joined.member_id, Some("desk"), 1, &[]);
    assert_eq!(last.synced(sync), Some(Ok("all".to_owned())));
}
