//! What is stored can be read by people, with `etcdctl`.

use groupkeeper_etcd::Etcd;
use groupkeeper_tests::EtcdCluster;

use crate::leader::Leader;

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_values_are_text() {
    let cluster = EtcdCluster::start(1).await;
    let mut config = cluster.config();
    config.fleet = "blue".to_owned();
    let mut leader = Leader::first(&Etcd::new(config)).await;
    let changes = ["orders", "a/b", "Ünï", "line\nbreak 100%"].map(|name| leader.assign(name));
    let commit = leader.prepare(changes.to_vec());
    leader.commit(&commit).await.unwrap();
    let keys = cluster
        .ctl(&["get", "--prefix", "--keys-only", "groupkeeper/fleets/blue/"])
        .await;
    let keys: Vec<&str> = keys.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        keys,
        [
            "groupkeeper/fleets/blue/groups/a/b",
            "groupkeeper/fleets/blue/groups/line%0Abreak 100%25",
            "groupkeeper/fleets/blue/groups/orders",
            "groupkeeper/fleets/blue/groups/Ünï",
            "groupkeeper/fleets/blue/leader",
        ]
    );
    let key = "groupkeeper/fleets/blue/groups/orders";
    let value = cluster.ctl(&["get", "--print-value-only", key]).await;
    assert!(value.contains(r#""coordinator":"gw-2:9092""#), "{value}");
}
