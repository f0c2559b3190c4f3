//! The same history, told to [`Members`] and to a list that is searched from end to end.

mod naive;

use std::time::Duration;

use groupkeeper_membership::{Gateway, Member, Members, MembershipError, Outcome};
use groupkeeper_types::{GatewayAddr, Incarnation, Moment, NodeId, RpcAddr};
use naive::{Heard, Model, Row};
use proptest::prelude::*;

const LEASE: u64 = 10;
const MAX: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Register(usize, u64),
    Heartbeat(usize, u64),
    Inherit(usize, u64, u64),
    InheritNamed(usize, u64),
    Deregister(usize),
    DeregisterProcess(usize, u64),
    Drain(usize, bool),
    Pass(u64),
    Expire,
}

/// Six addresses, of which two pairs share a node ID, and few incarnations: they meet often.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..6usize;
    let life = 1..4u64;
    let step = prop_oneof![
        3 => (who.clone(), life.clone()).prop_map(|(a, i)| Step::Register(a, i)),
        4 => (who.clone(), life.clone()).prop_map(|(a, i)| Step::Heartbeat(a, i)),
        2 => (who.clone(), life.clone(), 0..25u64).prop_map(|(a, i, u)| Step::Inherit(a, i, u)),
        1 => (who.clone(), 0..25u64).prop_map(|(a, u)| Step::InheritNamed(a, u)),
        1 => who.clone().prop_map(Step::Deregister),
        1 => (who.clone(), life).prop_map(|(a, i)| Step::DeregisterProcess(a, i)),
        1 => (who, any::<bool>()).prop_map(|(a, d)| Step::Drain(a, d)),
        4 => (0..8u64).prop_map(Step::Pass),
        2 => Just(Step::Expire),
    ];
    proptest::collection::vec(step, 0..60)
}

fn addr(who: usize) -> GatewayAddr {
    GatewayAddr::new(&format!("gw{who}:9092")).expect("an address")
}

fn node_id(who: usize) -> i32 {
    [1, 1, 2, 3, 4, 4][who]
}

fn gateway(who: usize, life: u64) -> Gateway {
    Gateway {
        addr: addr(who),
        node_id: NodeId::new(node_id(who)).expect("positive"),
        incarnation: Incarnation::new(life),
        rpc: RpcAddr::new(&format!("gw{who}:{}", 10_000 + life)).expect("an address"),
    }
}

fn moment(micros: u64) -> Moment {
    Moment::from_micros(micros)
}

fn who(addr: &GatewayAddr) -> usize {
    addr.host()["gw".len()..].parse().expect("a number")
}

fn heard(result: Result<Outcome, MembershipError>) -> Heard {
    let deadline = |member: &Member| member.deadline().as_micros();
    match result {
        Ok(Outcome::Renewed) => Heard::Renewed,
        Ok(Outcome::Joined { lapsed }) => Heard::Joined(lapsed.as_ref().map(deadline)),
        Ok(Outcome::Replaced { old }) => Heard::Replaced(Some(deadline(&old))),
        Err(MembershipError::NodeIdTaken { other, .. }) => Heard::IdTaken(who(&other)),
        Err(MembershipError::Superseded { by, .. }) => Heard::Superseded(by.get()),
        Err(MembershipError::Full(_)) => Heard::Full,
    }
}

/// Makes one step in both, compares what they answer, and says whether somebody (re)joined.
fn step(step: &Step, model: &mut Model, members: &mut Members) -> bool {
    let now = moment(model.now);
    match *step {
        Step::Register(a, life) => {
            let answer = heard(members.register(gateway(a, life), now));
            assert_eq!(answer, model.hear(a, life, true));
            return matches!(answer, Heard::Joined(_));
        }
        Step::Heartbeat(a, life) => {
            let answer = heard(members.heartbeat(gateway(a, life), now));
            assert_eq!(answer, model.hear(a, life, false));
            return matches!(answer, Heard::Joined(_));
        }
        Step::Inherit(a, life, span) => {
            let until = model.now + span;
            let answer = members.inherit(gateway(a, life), moment(until));
            assert_eq!(answer.is_ok(), model.inherit(a, life, until));
        }
        Step::InheritNamed(a, span) => {
            let until = model.now + span;
            let id = gateway(a, 1).node_id;
            let answer = members.inherit_named(addr(a), id, moment(until));
            assert_eq!(answer.is_ok(), model.inherit_named(a, until));
        }
        Step::Deregister(a) => {
            assert_eq!(members.deregister(&addr(a)).is_some(), model.deregister(a));
        }
        Step::DeregisterProcess(a, life) => {
            let known = model.find(a).is_some_and(|row| row.life == Some(life));
            let answer = members.deregister_process(&addr(a), Incarnation::new(life));
            assert_eq!(answer.is_some(), known && model.deregister(a));
        }
        Step::Drain(a, draining) => {
            let row = model.find(a);
            assert_eq!(members.set_draining(&addr(a), draining), row.is_some());
            if let Some(row) = row {
                row.draining = draining;
            }
        }
        Step::Pass(span) => model.now += span,
        Step::Expire => {
            let gone: Vec<usize> = members.expire(now).iter().map(|m| who(&m.addr)).collect();
            assert_eq!(gone, model.expire());
        }
    }
    false
}

fn compare(model: &Model, members: &Members) {
    let now = moment(model.now);
    let rows: Vec<Row> = members
        .healthy(now)
        .map(|member| {
            let known = model.rows.iter().find(|row| row.who == who(&member.addr));
            let replaced = known.and_then(|row| row.replaced);
            let life = member.incarnation().map(Incarnation::get);
            assert_eq!(
                life.map(|life| gateway(who(&member.addr), life).rpc)
                    .as_ref(),
                member.rpc()
            );
            assert!(
                member
                    .settles_at()
                    .is_none_or(|until| until <= member.deadline())
            );
            Row {
                who: who(&member.addr),
                life,
                joined: member.joined(),
                draining: member.draining,
                deadline: member.deadline().as_micros(),
                settles_at: member.settles_at().map(Moment::as_micros),
                replaced,
            }
        })
        .collect();
    assert_eq!(rows, model.healthy());
    let placeable: Vec<usize> = members
        .placeable(now)
        .map(|member| who(&member.addr))
        .collect();
    assert_eq!(placeable, model.placeable());
    assert_eq!(members.len(), model.rows.len());
    assert_eq!(members.is_empty(), model.rows.is_empty());
    assert_eq!(
        members.next_deadline().map(Moment::as_micros),
        model.next_deadline()
    );
    for a in 0..6 {
        assert_eq!(
            members.get(&addr(a)).is_some(),
            model.rows.iter().any(|row| row.who == a)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn tells_the_same_as_a_list_that_is_searched(steps in steps()) {
        let mut members = Members::new(Duration::from_micros(LEASE)).with_max(MAX);
        let mut model = Model::default();
        for s in &steps {
            let (version, view) = (members.version(), model.view());
            let joined = step(s, &mut model, &mut members);
            compare(&model, &members);
            let grown = members.version() > version;
            prop_assert!(members.version() >= version);
            prop_assert_eq!(grown, joined || view != model.view());
        }
    }
}
