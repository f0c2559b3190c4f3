use super::Fixture;
use super::leader::{Leader, contents, gateway, gateways};
use super::runner::cases;
use crate::Change;

cases!("gateways":
    are_sorted_by_address,
    a_new_incarnation_replaces_the_old_one,
    are_kept_apart_by_address,
    and_groups_of_the_same_name_are_two_things,
);

async fn are_sorted_by_address(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let mut addrs = (0..300)
        .map(|i| format!("gateway-{}:9092", i * 7 % 300))
        .collect::<Vec<_>>();
    addrs.extend(["[::1]:1", "10.0.0.2:1", "10.0.0.10:1", "z:1", "a:1", "_:1"].map(str::to_owned));
    let admitted = addrs
        .iter()
        .map(|addr| gateway(addr, 1))
        .collect::<Vec<_>>();
    leader
        .commit(admitted.iter().cloned().map(Change::Admit).collect())
        .await;
    let mut sorted = admitted;
    sorted.sort();
    assert_eq!(gateways(&fixture.store).await, sorted);
}

async fn a_new_incarnation_replaces_the_old_one(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    for incarnation in [5, 3, u64::MAX] {
        leader
            .commit(vec![Change::Admit(gateway("g:1", incarnation))])
            .await;
        assert_eq!(
            gateways(&fixture.store).await,
            vec![gateway("g:1", incarnation)]
        );
    }
    leader
        .commit(vec![Change::Dismiss(gateway("g:1", 5).addr().clone())])
        .await;
    assert_eq!(
        gateways(&fixture.store).await,
        Vec::new(),
        "whatever its incarnation"
    );
}

async fn are_kept_apart_by_address(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    let host = |bytes: usize| format!("{}{}", "h.".repeat(100), "h".repeat(bytes - 200));
    let (long, longer) = (host(252), host(253));
    let addrs = [
        "g:1".to_owned(),
        "g:11".to_owned(),
        "g.g:1".to_owned(),
        "_:1".to_owned(),
        "-:1".to_owned(),
        "[::1]:1".to_owned(),
        "[::1:0]:1".to_owned(),
        format!("{long}:65535"),
        format!("{longer}:65535"),
        format!("{longer}:65534"),
    ];
    leader
        .commit(
            addrs
                .iter()
                .map(|addr| Change::Admit(gateway(addr, 1)))
                .collect(),
        )
        .await;
    for dismissed in 0..addrs.len() {
        let mut left = addrs[dismissed..]
            .iter()
            .map(|addr| gateway(addr, 1))
            .collect::<Vec<_>>();
        left.sort();
        assert_eq!(gateways(&fixture.store).await, left);
        leader
            .commit(vec![Change::Dismiss(
                gateway(&addrs[dismissed], 1).addr().clone(),
            )])
            .await;
    }
    assert_eq!(gateways(&fixture.store).await, Vec::new());
}

async fn and_groups_of_the_same_name_are_two_things(fixture: Fixture) {
    let mut leader = Leader::first(&fixture.store).await;
    leader
        .commit(vec![
            leader.assign("g:1", 1),
            Change::Admit(gateway("g:1", 1)),
        ])
        .await;
    let both = contents(&fixture.store).await;
    assert_eq!((both.assignments.len(), both.gateways.len()), (1, 1));
    leader
        .commit(vec![Change::Dismiss(gateway("g:1", 1).addr().clone())])
        .await;
    let group_only = contents(&fixture.store).await;
    assert_eq!(group_only.assignments, both.assignments);
    assert_eq!(group_only.gateways, []);
}
