//! Any message that can be.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::{Failover, GatewayRecord, Lineage};
use groupkeeper_registry::peer::{
    Ack, Changes, Decision, Found, Heartbeat, LeaderView, Leave, MemberList, MemberView, News,
    RegistryStatus, Resigned, Revokes, Role, Standing,
};
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Incarnation, Revision, RpcAddr, Stamp};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

const ADDR: &str = r"([a-z][a-z0-9_-]{0,20}(\.[a-z][a-z0-9_-]{0,20})?|127\.0\.0\.[1-9][0-9]?|\[::1\]|\[fe80::[1-9a-f]\]):[1-9][0-9]{0,3}";

pub(super) fn group() -> impl Strategy<Value = GroupName> {
    "\\PC{1,60}|[\\x00-\\x7f]{1,60}".prop_map(|name| GroupName::new(&name).unwrap())
}

pub(super) fn gateway() -> impl Strategy<Value = GatewayAddr> {
    ADDR.prop_map(|addr| GatewayAddr::new(&addr).unwrap())
}

fn rpc() -> impl Strategy<Value = RpcAddr> {
    ADDR.prop_map(|addr| RpcAddr::new(&addr).unwrap())
}

fn stamp() -> impl Strategy<Value = Stamp> {
    any::<(u64, u64)>()
        .prop_map(|(epoch, revision)| Stamp::new(Epoch::new(epoch), Revision::new(revision)))
}

fn decision() -> impl Strategy<Value = Decision> {
    (group(), gateway(), stamp()).prop_map(|(group, coordinator, stamp)| Decision {
        group,
        coordinator,
        stamp,
    })
}

fn news() -> impl Strategy<Value = News> {
    let weight = any::<NonZeroU32>();
    let among = btree_map(gateway(), weight, 1..4);
    let failover = (
        stamp(),
        btree_set(gateway(), 1..4),
        "[a-z]{1,8}/[0-9]",
        among,
    );
    let failover = failover.prop_filter_map("one is in both", |(stamp, gone, rule, among)| {
        let (gone, among) = (gone.into_iter().collect(), among.into_iter().collect());
        Failover::new(stamp, gone, rule, among).ok()
    });
    prop_oneof![
        decision().prop_map(News::Decided),
        failover.prop_map(|failover| News::FailedOver(Arc::new(failover)))
    ]
}

pub(super) fn found() -> impl Strategy<Value = Found> {
    (decision(), stamp()).prop_map(|(decision, as_of)| Found { decision, as_of })
}

fn record() -> impl Strategy<Value = GatewayRecord> {
    (gateway(), any::<u64>(), rpc()).prop_map(|(addr, incarnation, rpc)| GatewayRecord {
        addr,
        incarnation: Incarnation::new(incarnation),
        rpc,
    })
}

fn members() -> impl Strategy<Value = Vec<MemberView>> {
    btree_map(gateway(), any::<(bool, bool)>(), 0..6).prop_map(|members| {
        let view = |(addr, (joined, draining))| MemberView {
            addr,
            joined,
            draining,
        };
        members.into_iter().map(view).collect()
    })
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        Just(Standing::Joining),
        Just(Standing::Settling),
        Just(Standing::Member),
        Just(Standing::Draining)
    ]
}

fn group_stamps() -> impl Strategy<Value = Vec<(GroupName, Stamp)>> {
    vec((group(), stamp()), 0..6)
}

pub(super) fn heartbeat() -> impl Strategy<Value = Heartbeat> {
    let who = (record(), any::<bool>(), any::<u64>(), any::<u64>());
    let heard = (stamp(), any::<u64>(), any::<u64>());
    let unanswered = (0..=3_600_000_000_u64).prop_map(Duration::from_micros);
    let rest = (any::<bool>(), unanswered, any::<bool>());
    (who, heard, group_stamps(), rest).prop_map(
        |(
            (gateway, announce, epoch, stood),
            (applied, members_version, revokes_heard),
            given_up,
            (draining, unanswered, store_decides),
        )| {
            Heartbeat {
                gateway,
                announce,
                epoch: Epoch::new(epoch),
                stood: Epoch::new(stood),
                applied,
                members_version,
                revokes_heard,
                given_up,
                draining,
                unanswered,
                store_decides,
            }
        },
    )
}

fn lineage() -> impl Strategy<Value = Lineage> {
    let ended = vec((any::<u64>(), any::<u64>()), 0..4);
    (any::<u64>(), ended).prop_map(|(forgotten, ended)| {
        let term = |(epoch, last)| (Epoch::new(epoch), Revision::new(last));
        Lineage::new(Epoch::new(forgotten), ended.into_iter().map(term).collect())
    })
}

fn revokes() -> impl Strategy<Value = Revokes> {
    (any::<u64>(), group_stamps()).prop_map(|(number, groups)| Revokes { number, groups })
}

pub(super) fn ack() -> impl Strategy<Value = Ack> {
    let changes = prop_oneof![
        vec(news(), 0..6).prop_map(Changes::Since),
        Just(Changes::Reset)
    ];
    let list = (any::<u64>(), members())
        .prop_map(|(version, members)| Arc::new(MemberList { version, members }));
    let news = (any::<u64>(), stamp(), changes, option::of(list), standing());
    let lease = (0..=3_600_000_000_u64).prop_map(Duration::from_micros);
    let ask_again = option::of((1..=3_600_000_000_u64).prop_map(Duration::from_micros));
    let rest = (any::<bool>(), revokes(), ask_again);
    let history = (stamp(), option::of(lineage()), stamp());
    (news, lease, history, rest).prop_map(
        |(
            (epoch, stamp, changes, members, standing),
            lease,
            (inherited, lineage, token_floor),
            (inherited_over, revokes, ask_again),
        )| {
            Ack {
                epoch: Epoch::new(epoch),
                stamp,
                changes,
                members,
                standing,
                lease,
                inherited,
                lineage,
                token_floor,
                inherited_over,
                revokes,
                ask_again,
            }
        },
    )
}

pub(super) fn leave() -> impl Strategy<Value = Leave> {
    (gateway(), any::<u64>(), any::<bool>()).prop_map(|(gateway, incarnation, keep_groups)| Leave {
        gateway,
        incarnation: Incarnation::new(incarnation),
        keep_groups,
    })
}

pub(super) fn resigned() -> impl Strategy<Value = Resigned> {
    let news = vec(news(), 0..4);
    (any::<u64>(), stamp(), stamp(), news).prop_map(|(epoch, after, stamp, news)| Resigned {
        epoch: Epoch::new(epoch),
        after,
        stamp,
        news: news.into(),
    })
}

fn leader() -> impl Strategy<Value = LeaderView> {
    (gateway(), rpc(), any::<u64>()).prop_map(|(addr, rpc, epoch)| LeaderView {
        addr,
        rpc,
        epoch: Epoch::new(epoch),
    })
}

pub(super) fn status() -> impl Strategy<Value = RegistryStatus> {
    let role = prop_oneof![
        Just(Role::Follower),
        Just(Role::TakingOver),
        Just(Role::Leader)
    ];
    let who = (record(), role, option::of(leader()), option::of(".*"));
    let view = (stamp(), any::<bool>(), option::of(standing()), members());
    let groups = (
        any::<usize>(),
        option::of(any::<usize>()),
        any::<usize>(),
        option::of(".*"),
        (any::<usize>(), any::<u64>(), any::<u64>()),
    );
    (who, view, groups).prop_map(
        |(
            (gateway, role, leader, lock_owner),
            (stamp, fresh, standing, gateways),
            (groups_known, assignments, unreadable, problem, (behind, set_aside, restored)),
        )| RegistryStatus {
            gateway,
            role,
            leader,
            lock_owner,
            stamp,
            fresh,
            standing,
            gateways,
            groups_known,
            assignments,
            unreadable,
            problem,
            behind,
            set_aside,
            restored,
        },
    )
}
