//! The same history, told to [`Members`] and to a list that is searched from end to end.

use std::time::Duration;

use groupkeeper_membership::{Gateway, Member, Members, MembershipError, Outcome};
use groupkeeper_types::{GatewayAddr, Incarnation, Moment, NodeId, RpcAddr};
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

/// One member, as plain numbers.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    who: usize,
    life: Option<u64>,
    joined: bool,
    draining: bool,
    deadline: u64,
    settles_at: Option<u64>,
    replaced: Option<u64>,
}

#[derive(Debug, PartialEq)]
enum Heard {
    Renewed,
    Joined(Option<u64>),
    Replaced(Option<u64>),
    IdTaken(usize),
    Superseded(u64),
    Full,
}

#[derive(Debug, Default)]
struct Model {
    rows: Vec<Row>,
    now: u64,
}

impl Model {
    fn find(&mut self, who: usize) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.who == who)
    }

    fn add(&mut self, who: usize, life: Option<u64>, joined: bool, deadline: u64) -> bool {
        if self.rows.len() >= MAX {
            return false;
        }
        let (draining, settles_at, replaced) = (false, None, None);
        self.rows.push(Row {
            who,
            life,
            joined,
            draining,
            deadline,
            settles_at,
            replaced,
        });
        true
    }

    fn hear(&mut self, who: usize, life: u64, starting: bool) -> Heard {
        let (now, lease_end) = (self.now, self.now + LEASE);
        let known = self
            .rows
            .iter()
            .any(|row| row.who == who && row.life.is_some());
        let rival = |row: &&Row| {
            let same_id = row.who != who && node_id(row.who) == node_id(who);
            same_id && (row.joined || row.life.is_some() && !known)
        };
        if let Some(other) = self.rows.iter().filter(rival).map(|row| row.who).min() {
            return Heard::IdTaken(other);
        }
        let mut lapsed = None;
        if let Some(row) = self.find(who).cloned()
            && row.deadline <= now
        {
            lapsed = Some(row.deadline);
            self.rows.retain(|row| row.who != who);
        }
        let Some(row) = self.find(who) else {
            let added = self.add(who, Some(life), true, lease_end);
            return if added {
                Heard::Joined(lapsed)
            } else {
                Heard::Full
            };
        };
        if let Some(other) = row.life.filter(|other| *other != life) {
            if !starting || row.replaced == Some(life) {
                return Heard::Superseded(other);
            }
            let until = row.deadline;
            row.settles_at = Some(until);
            row.deadline = until.max(lease_end);
            row.replaced = Some(other);
            (row.life, row.joined, row.draining) = (Some(life), true, false);
            return Heard::Replaced(Some(until));
        }
        let was = row.joined;
        (row.life, row.joined) = (Some(life), true);
        row.deadline = row.deadline.max(lease_end);
        if was {
            Heard::Renewed
        } else {
            Heard::Joined(None)
        }
    }

    fn inherit(&mut self, who: usize, life: u64, until: u64) -> bool {
        let Some(row) = self.find(who) else {
            return self.add(who, Some(life), false, until);
        };
        let old = row.deadline;
        row.deadline = old.max(until);
        if row.life != Some(life) {
            if row.joined {
                row.settles_at = row.settles_at.max(Some(until));
            } else {
                if row.life.is_some() {
                    row.settles_at = row.settles_at.max(Some(old));
                }
                row.life = Some(life);
            }
        }
        true
    }

    fn inherit_named(&mut self, who: usize, until: u64) -> bool {
        match self.find(who) {
            None => return self.add(who, None, false, until),
            Some(row) if row.joined => {}
            Some(row) => row.deadline = row.deadline.max(until),
        }
        true
    }

    fn deregister(&mut self, who: usize) -> bool {
        let Some(row) = self.find(who).cloned() else {
            return false;
        };
        self.rows.retain(|row| row.who != who);
        if let Some(until) = row.settles_at {
            self.add(who, None, false, until);
            self.find(who).expect("just added").settles_at = Some(until);
        }
        true
    }

    fn expire(&mut self) -> Vec<usize> {
        let now = self.now;
        let mut gone: Vec<Row> = self
            .rows
            .iter()
            .filter(|row| row.deadline <= now)
            .cloned()
            .collect();
        gone.sort_by_key(|row| (row.deadline, row.who));
        self.rows.retain(|row| row.deadline > now);
        for row in &mut self.rows {
            row.settles_at = row.settles_at.filter(|until| *until > now);
        }
        gone.iter().map(|row| row.who).collect()
    }

    fn healthy(&self) -> Vec<Row> {
        let mut alive: Vec<Row> = self
            .rows
            .iter()
            .filter(|row| row.deadline > self.now)
            .cloned()
            .collect();
        alive.sort_by_key(|row| row.who);
        alive
    }

    fn placeable(&self) -> Vec<usize> {
        let ready = |row: &&Row| {
            row.joined && !row.draining && row.settles_at.is_none_or(|until| until <= self.now)
        };
        self.healthy()
            .iter()
            .filter(ready)
            .map(|row| row.who)
            .collect()
    }

    fn next_deadline(&self) -> Option<u64> {
        self.rows
            .iter()
            .flat_map(|row| [Some(row.deadline), row.settles_at])
            .flatten()
            .min()
    }

    /// Everything but deadlines: a version stands for one of these.
    fn view(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|row| Row {
                deadline: 0,
                ..row.clone()
            })
            .collect();
        rows.sort_by_key(|row| row.who);
        rows
    }
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
