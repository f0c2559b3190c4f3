//! An etcd that asks who one is.

use std::fs;

use groupkeeper_assignment_store::AssignmentStore as _;
use groupkeeper_etcd::{Etcd, Login};
use groupkeeper_tests::EtcdCluster;

use crate::leader::{Leader, listed};
use crate::said;

const ROOT: &str = "--user=root:secret";

async fn with_users(cluster: &EtcdCluster) {
    for args in [
        &["user", "add", "root:secret"][..],
        &["user", "grant-role", "root", "root"],
        &["role", "add", "gateways"],
        &[
            "role",
            "grant-permission",
            "--prefix",
            "gateways",
            "readwrite",
            "groupkeeper/",
        ],
        &["user", "add", "gk:first"],
        &["user", "grant-role", "gk", "gateways"],
        &["user", "add", "nobody:first"],
        &["auth", "enable"],
    ] {
        cluster.ctl(args).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_asked_for_made_lost_and_made_again() {
    let mut cluster = EtcdCluster::start(1).await;
    let before = Etcd::new(cluster.config());
    let mut leader = Leader::first(&before).await;
    with_users(&cluster).await;
    let why = said(&before).await;
    assert!(why.contains("--etcd-user"), "{why}");

    let directory = tempfile::tempdir().unwrap();
    let password_file = directory.path().join("password");
    let as_user = |user: &str| {
        let mut config = cluster.config();
        config.login = Some(Login {
            user: user.to_owned(),
            password_file: password_file.clone(),
        });
        Etcd::new(config)
    };
    let etcd = as_user("gk");
    let why = said(&etcd).await;
    assert!(why.contains("no password could be read"), "{why}");
    fs::write(&password_file, "wrong\n").unwrap();
    let why = said(&etcd).await;
    assert!(
        why.contains("--etcd-password-file") && !why.contains("wrong"),
        "{why}"
    );
    fs::write(&password_file, "first\n").unwrap();
    assert_eq!(
        etcd.verify(&leader.record).await,
        Ok(()),
        "the file is read again"
    );
    let why = said(&as_user("nobody")).await;
    assert!(why.contains("role grant-permission"), "{why}");

    // A member that is started again has forgotten all logins.
    let address = cluster.addresses();
    cluster.kill(0).await;
    cluster.start_again(0);
    leader.etcd = etcd.clone();
    let commit = leader.prepare(leader.assign_many(3));
    leader.insist(&commit).await;
    assert_eq!(cluster.addresses(), address);

    // A change of a password makes all logins old.
    fs::write(&password_file, "second\n").unwrap();
    cluster.ctl(&[ROOT, "user", "delete", "nobody"]).await;
    cluster.ctl(&[ROOT, "user", "delete", "gk"]).await;
    cluster.ctl(&[ROOT, "user", "add", "gk:second"]).await;
    cluster
        .ctl(&[ROOT, "user", "grant-role", "gk", "gateways"])
        .await;
    let commit = leader.prepare(leader.assign_many(4));
    leader.commit(&commit).await.unwrap();
    assert_eq!(listed(&etcd).await, 4);

    cluster.ctl(&[ROOT, "auth", "disable"]).await;
    assert_eq!(etcd.verify(&leader.record).await, Ok(()));
    assert_eq!(before.verify(&leader.record).await, Ok(()));
}
