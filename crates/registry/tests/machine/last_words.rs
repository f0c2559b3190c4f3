//! What a leader says when it resigns.

use std::time::Duration;

use groupkeeper_registry::machine::{CallId, Effect, Input, Reply};
use groupkeeper_registry::peer::{News, Resigned};
use groupkeeper_types::{GroupName, RpcAddr, Stamp};

use crate::drive::{Driven, addr, decision, gateway, heartbeat, record, stamp};
use crate::stored::load;

fn taking_over() -> Driven {
    let found = record(&gateway(9), stamp(1, 5), stamp(1, 5));
    let all: Vec<_> = (1..=6).map(gateway).collect();
    Driven::leading(&gateway(1), &found, &all)
}

fn stop(leader: &mut Driven) {
    let call = CallId(1_000);
    leader.step(Input::Stop { call, drain: true });
}

/// Whom it tells, in this order.
fn told(leader: &mut Driven) -> Vec<(RpcAddr, Resigned)> {
    let told = |effect: &Effect| match effect {
        Effect::TellResigned { to, resigned } => Some((to.clone(), resigned.clone())),
        _ => None,
    };
    std::iter::from_fn(|| leader.take(told)).collect()
}

#[test]
fn whoever_gets_its_groups_is_told_first_and_told_all() {
    let mut leader = taking_over();
    leader.list(&[decision("g", 1, stamp(1, 4))]);
    leader.write_all();
    // Only the last can take it.
    leader
        .heartbeat(heartbeat(&gateway(6), 2, Stamp::ZERO))
        .unwrap();
    leader.pass_with_store(Duration::from_millis(100));
    stop(&mut leader);
    leader.pass_with_store(Duration::from_secs(1));
    let told = told(&mut leader);
    assert_eq!(told.len(), 5, "{told:?}");
    assert_eq!(told[0].0, gateway(6).rpc);
    for (_, resigned) in &told {
        assert_eq!(resigned.epoch.number(), 2);
        assert!(resigned.stamp > resigned.after);
        let takes = |news: &News| match news {
            News::Decided(decision) => decision.coordinator == addr(6),
            News::FailedOver(failover) => failover.among().iter().any(|(to, _)| *to == addr(6)),
        };
        assert!(resigned.news.iter().any(takes), "{resigned:?}");
    }
}

#[test]
fn who_does_not_know_everything_says_nothing() {
    let mut leader = taking_over();
    leader
        .heartbeat(heartbeat(&gateway(6), 2, Stamp::ZERO))
        .unwrap();
    // It has decided something, and not listed everything.
    let (call, group) = (CallId(999), GroupName::new("new").unwrap());
    leader.step(Input::Assign { call, group });
    load(&mut leader, "new", &Ok(None));
    leader.pass_with_store(Duration::from_secs(1));
    assert!(matches!(leader.reply(call), Some(Reply::Found(Ok(_)))));
    stop(&mut leader);
    stop(&mut leader);
    let told = told(&mut leader);
    assert_eq!(told.len(), 5, "{told:?}");
    let silent = Resigned::silent(told[0].1.epoch);
    assert!(
        told.iter().all(|(_, resigned)| *resigned == silent),
        "{told:?}"
    );
}
