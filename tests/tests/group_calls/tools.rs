//! What administrators do, through kafka-python's client for them.

use serde_json::json;

use super::member::{Member, admin, commit_with_librdkafka};
use super::{fleet, places};

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_listed_at_their_owners_and_deleted() {
    let (_fleet, addresses) = fleet(&[]).await;
    for number in 0..6 {
        let group = format!("simple-{number}");
        assert_eq!(commit_with_librdkafka(&addresses[0], &group, 7).await, 7);
    }
    let (owner, _) = places(&addresses, "orders").await;
    let mut member = Member::start(&owner, "orders", "member");
    member.until_assigned(&[0, 1, 2, 3]).await;
    let mut expected: Vec<_> = (0..6).map(|it| format!("simple-{it}")).collect();
    expected.insert(0, "orders".to_owned());
    let listed = admin(&addresses[1], &["list"]).await;
    assert_eq!(listed, json!(expected), "each of them once");

    let deleted = admin(&addresses[2], &["delete", "simple-0", "orders", "nobody"]).await;
    let outcomes = json!({
        "simple-0": "OK",
        "orders": "NonEmptyGroupError",
        "nobody": "GroupIdNotFoundError",
    });
    assert_eq!(deleted, outcomes);
    expected.remove(1);
    assert_eq!(admin(&addresses[0], &["list"]).await, json!(expected));
}
