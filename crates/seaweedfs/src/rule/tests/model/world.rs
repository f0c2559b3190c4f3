mod acting;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::{Cuts, Found, Wrong};
use crate::rule::tests::decider;
use crate::rule::{Decider, Round, Rule};

const STEP: u64 = 50;
const MASTERS: usize = 3;
const FILERS: usize = 3;
const GATEWAYS: usize = 3;
const HOSTS: usize = MASTERS + FILERS + GATEWAYS;
/// How long a gateway acts on a call that began now, at most.
const LEASE: u64 = 4_250;
const SETTLE: Duration = Duration::from_millis(6_560);

/// A seed's sequence of numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        // An xorshift generator, with the high bits of a product.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

#[derive(Default)]
struct Master {
    term: u64,
    names: Option<usize>,
    /// Since when it has not heard of its leader, or as a leader of most of the others.
    quiet_since: u64,
    patience: u64,
    /// The filers connected to it, and when each connected.
    listed: BTreeMap<usize, i64>,
    changed_at: u64,
    /// When it drops a filer whose packets are lost.
    drops_at: BTreeMap<usize, u64>,
}

#[derive(Default)]
struct Filer {
    master: Option<usize>,
    ring: Vec<usize>,
}

/// A round that is under way.
enum Asking {
    Leader(BTreeMap<usize, Option<usize>>),
    Listing(usize),
    Answer(Decider, usize),
    Filers(Result<Decider, String>, bool, usize, Vec<usize>),
}

struct Gateway {
    rule: Rule,
    /// How fast its clock runs, in parts per million.
    speed: u64,
    round: Option<(u64, u64, Asking)>,
    next_round: u64,
    /// The filers of the newest listing, and of the one that stands.
    listed: Vec<usize>,
    known: Vec<usize>,
    /// Where it decided last, and until when it may act on that.
    acts: Option<(usize, u64)>,
    /// How often had been decided, and where, when it last looked.
    looked: Option<(Decider, usize)>,
    /// The decider that settled last, and from which filers it had copied everything then.
    copied: (usize, Vec<usize>),
}

pub(super) struct World {
    random: Random,
    cuts: Cuts,
    wrong: Wrong,
    settle: Duration,
    start: Instant,
    now: u64,
    connections: i64,
    side: [bool; HOSTS],
    cut: Vec<(usize, usize)>,
    next_fault: u64,
    masters: [Master; MASTERS],
    filers: [Filer; FILERS],
    gateways: [Gateway; GATEWAYS],
    /// How often each filer has decided.
    decided: [usize; FILERS],
    /// Of which each other one has copied so many.
    copied: [[usize; FILERS]; FILERS],
}

fn master(number: usize) -> usize {
    number
}

fn filer(number: usize) -> usize {
    MASTERS + number
}

fn gateway(number: usize) -> usize {
    MASTERS + FILERS + number
}

impl World {
    /// How many steps are looked at: five minutes.
    pub(super) const STEPS: usize = 20 * 300;

    pub(super) fn new(seed: u64, cuts: Cuts, wrong: Wrong) -> Self {
        let short = wrong == Wrong::ShortSettle;
        let settle = if short { SETTLE / 2 } else { SETTLE };
        let gateway = |number: usize| Gateway {
            rule: Rule::new(settle),
            speed: [995_000, 1_000_000, 1_005_000][number],
            round: None,
            next_round: 0,
            listed: Vec::new(),
            known: Vec::new(),
            acts: None,
            looked: None,
            copied: (0, Vec::new()),
        };
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        random.below(1);
        Self {
            random,
            cuts,
            wrong,
            settle,
            start: Instant::now(),
            now: 0,
            connections: 0,
            side: [false; HOSTS],
            cut: Vec::new(),
            decided: [0; FILERS],
            copied: Default::default(),
            next_fault: 15_000,
            masters: Default::default(),
            filers: Default::default(),
            gateways: std::array::from_fn(gateway),
        }
    }

    fn reaches(&self, a: usize, b: usize) -> bool {
        let pair = (a.min(b), a.max(b));
        self.side[a] == self.side[b] && !self.cut.contains(&pair)
    }

    pub(super) fn step(&mut self, found: &mut Found) {
        self.now += STEP;
        if self.now >= self.next_fault {
            self.fault();
        }
        for number in 0..MASTERS {
            self.elect(number);
            self.forget(number);
        }
        for number in 0..FILERS {
            self.connect(number);
            self.copy(number);
        }
        for number in 0..GATEWAYS {
            self.ask(number, found);
            self.act(number, found);
        }
    }

    fn fault(&mut self) {
        self.cut.clear();
        self.side = [false; HOSTS];
        let lasts = match self.random.below(4) {
            0 => 2_000 + self.random.below(5_000),
            1 => 70_000,
            _ => 8_000 + self.random.below(20_000),
        };
        self.next_fault = self.now + lasts;
        // The leases that a process gave outlast it.
        let started = usize::try_from(self.random.below(6)).unwrap();
        if let Some(gateway) = self.gateways.get_mut(started) {
            gateway.rule = Rule::new(self.settle);
            (gateway.round, gateway.looked) = (None, None);
            gateway.known.clear();
        }
        if self.random.one_in(3) {
            return;
        }
        match self.cuts {
            Cuts::Sides => self.side = std::array::from_fn(|_| self.random.one_in(2)),
            Cuts::Pairs => {
                for a in 0..HOSTS {
                    for b in a + 1..HOSTS {
                        if self.random.one_in(3) {
                            self.cut.push((a, b));
                        }
                    }
                }
            }
        }
    }

    fn elect(&mut self, number: usize) {
        let others: Vec<usize> = (0..MASTERS)
            .filter(|other| *other != number && self.reaches(master(number), master(*other)))
            .collect();
        let newest = others.iter().map(|other| self.masters[*other].term).max();
        let now = self.now;
        if self.masters[number].names == Some(number) {
            let behind = others.iter().filter(|other| {
                let other = &self.masters[**other];
                other.term == self.masters[number].term
            });
            if newest > Some(self.masters[number].term) {
                self.masters[number].names = None;
                self.masters[number].quiet_since = now;
            } else if behind.count() > 0 {
                self.masters[number].quiet_since = now;
            } else if now - self.masters[number].quiet_since > self.masters[number].patience {
                self.masters[number].names = None;
            }
            return;
        }
        // Hears a leader of its own term or a later one.
        let leads = |other: &&usize| {
            let other_master = &self.masters[**other];
            other_master.names == Some(**other) && other_master.term >= self.masters[number].term
        };
        if let Some(leader) = others.iter().find(leads).copied() {
            self.masters[number].term = self.masters[leader].term;
            self.masters[number].names = Some(leader);
            self.masters[number].quiet_since = now;
            return;
        }
        let own = &self.masters[number];
        if now - own.quiet_since <= own.patience {
            return;
        }
        let term = own.term.max(newest.unwrap_or(0)) + 1;
        let patience = 500 + self.random.below(15_000);
        let own = &mut self.masters[number];
        (own.names, own.term, own.quiet_since, own.patience) = (None, term, now, patience);
        if others.is_empty() {
            return;
        }
        for other in others {
            let other = &mut self.masters[other];
            (other.term, other.names) = (term, None);
        }
        let own = &mut self.masters[number];
        own.names = Some(number);
        // As long as an ex-leader names itself.
        own.patience = 500 + self.random.below(20_000);
    }

    /// Drops filers that are gone, as far as the master can tell.
    fn forget(&mut self, number: usize) {
        let listed: Vec<usize> = self.masters[number].listed.keys().copied().collect();
        for of in listed {
            let reached = self.reaches(master(number), filer(of));
            let connected = self.filers[of].master == Some(number);
            let gone = if reached {
                // The other end says so, or that this one does not lead.
                self.masters[number].drops_at.remove(&of);
                !connected || (self.masters[number].names != Some(number) && self.random.one_in(50))
            } else {
                let lasts = if self.random.one_in(3) {
                    0
                } else {
                    self.random.below(80_000)
                };
                let at = self.now + lasts;
                let at = *self.masters[number].drops_at.entry(of).or_insert(at);
                self.now >= at
            };
            if gone {
                let own = &mut self.masters[number];
                own.listed.remove(&of);
                own.drops_at.remove(&of);
                own.changed_at = self.now;
            }
        }
    }

    fn connect(&mut self, number: usize) {
        if let Some(at) = self.filers[number].master {
            let lost = !self.masters[at].listed.contains_key(&number);
            if self.reaches(filer(number), master(at)) {
                if lost {
                    self.filers[number].master = None;
                } else if self.now >= self.masters[at].changed_at + 1_000 {
                    // It is told who else is listed.
                    let listed = &self.masters[at].listed;
                    self.filers[number].ring = listed.keys().copied().collect();
                }
                return;
            }
            if !self.random.one_in(200) {
                return;
            }
            self.filers[number].master = None;
        }
        let at = usize::try_from(self.random.below(3)).unwrap();
        let leads = self.masters[at].names == Some(at);
        if leads && self.reaches(filer(number), master(at)) && self.random.one_in(10) {
            self.connections += 1;
            self.filers[number].master = Some(at);
            self.masters[at].listed.insert(number, self.connections);
            self.masters[at].changed_at = self.now;
        }
    }

    fn local(&self, number: usize, at: u64) -> Instant {
        self.start + Duration::from_micros(at * self.gateways[number].speed / 1_000)
    }

    fn ask(&mut self, number: usize, found: &mut Found) {
        let Some((sent, since, asking)) = self.gateways[number].round.take() else {
            if self.now >= self.gateways[number].next_round {
                let asking = Asking::Leader(BTreeMap::new());
                self.gateways[number].round = Some((self.now, self.now, asking));
            }
            return;
        };
        let late = self.now >= since + 500;
        let here = gateway(number);
        let next = match asking {
            Asking::Leader(mut said) => {
                for of in 0..MASTERS {
                    let hears = self.reaches(here, master(of)) && self.random.one_in(2);
                    if hears && !said.contains_key(&of) {
                        said.insert(of, self.masters[of].names);
                    }
                }
                let needed = if self.wrong == Wrong::Minority { 1 } else { 2 };
                let most = (0..MASTERS).find(|it| {
                    said.values().filter(|named| **named == Some(*it)).count() >= needed
                });
                match most {
                    Some(leader) => {
                        self.gateways[number].round =
                            Some((sent, self.now, Asking::Listing(leader)));
                        return;
                    }
                    None if late || said.len() == MASTERS => {
                        return self.asked(
                            number,
                            sent,
                            Err("no majority".to_owned()),
                            false,
                            found,
                        );
                    }
                    None => Asking::Leader(said),
                }
            }
            Asking::Listing(leader) => {
                if self.reaches(here, master(leader)) && self.random.one_in(2) {
                    let listed = self.masters[leader].listed.clone();
                    let Some((&first, &since)) = listed.iter().next() else {
                        return self.asked(number, sent, Err("no filer".to_owned()), false, found);
                    };
                    let named = decider(&format!("f{first}"), since, &format!("m{leader}"));
                    self.gateways[number].round =
                        Some((sent, self.now, Asking::Answer(named, first)));
                    self.gateways[number].listed = listed.into_keys().collect();
                    return;
                }
                if late {
                    return self.asked(number, sent, Err("no list".to_owned()), false, found);
                }
                Asking::Listing(leader)
            }
            Asking::Answer(named, of) => {
                let answers = self.reaches(here, filer(of)) && self.random.one_in(2);
                if answers || late {
                    return self.asked(number, sent, Ok(named), answers, found);
                }
                Asking::Answer(named, of)
            }
            Asking::Filers(named, answers, of, mut left) => {
                for other in left.clone() {
                    if self.reaches(here, filer(other)) && self.random.one_in(2) {
                        if self.filers[other].ring.iter().min() != Some(&of) {
                            return self.end(
                                number,
                                (sent, since),
                                named,
                                answers,
                                Some(false),
                                found,
                            );
                        }
                        left.retain(|it| *it != other);
                    }
                }
                if late || left.is_empty() {
                    let agree = left.is_empty();
                    return self.end(number, (sent, since), named, answers, Some(agree), found);
                }
                Asking::Filers(named, answers, of, left)
            }
        };
        self.gateways[number].round = Some((sent, since, next));
    }

    fn asked(
        &mut self,
        number: usize,
        sent: u64,
        masters: Result<Decider, String>,
        answers: bool,
        found: &mut Found,
    ) {
        let stands = self.gateways[number].rule.asks_filers(&masters);
        let stands: Option<usize> = stands.map(|it| it.address.host()[1..].parse().unwrap());
        match stands {
            // One that may not know all filers does not go on without masters.
            Some(_) if self.cuts == Cuts::Sides && self.gateways[number].known.len() < FILERS => {
                self.end(
                    number,
                    (sent, self.now),
                    masters,
                    answers,
                    Some(false),
                    found,
                );
            }
            Some(of) if self.cuts == Cuts::Sides => {
                let left = self.gateways[number].known.clone();
                let asking = Asking::Filers(masters, answers, of, left);
                self.gateways[number].round = Some((sent, self.now, asking));
            }
            _ => self.end(number, (sent, self.now), masters, answers, None, found),
        }
    }

    fn end(
        &mut self,
        number: usize,
        (sent, answered): (u64, u64),
        masters: Result<Decider, String>,
        answers: bool,
        filers: Option<bool>,
        found: &mut Found,
    ) {
        found.borne_out += usize::from(filers == Some(true));
        let filers = filers.map(|agree| if agree { Ok(()) } else { Err("no".to_owned()) });
        let answered = self.local(number, answered);
        let decides = self.looks(number, &masters, answers);
        let mut round = Round {
            sent: self.local(number, sent),
            answered,
            masters,
            answers: answers || self.wrong == Wrong::Unanswered,
            decides,
            missing: None,
            filers,
        };
        self.hear(number, &mut round);
        let gateway = &mut self.gateways[number];
        // As long as the first decider stands, its listing is the one that must agree.
        if round.masters.is_ok() && round.filers != Some(Ok(())) {
            // Listings are remembered for longer than all of this takes.
            gateway.known.extend(&gateway.listed);
            gateway.known.sort_unstable();
            gateway.known.dedup();
        }
        gateway.next_round = self.now.max(sent + 500);
    }
}
