use std::collections::BTreeMap;

use groupkeeper_election::{
    Answer, Ask, Campaign, CampaignConfig, Effect, Leadership, LockOwner, Term,
};
use groupkeeper_types::Moment;

use crate::lock::Lock;
use crate::random::Random;

/// Two processes that claimed the lock at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlap {
    pub(crate) micros: u64,
    pub(crate) processes: [usize; 2],
}

/// Everything, in microseconds of true time.
pub(crate) struct World {
    seed: u64,
    now: u64,
    random: Random,
    lock: Lock,
    forgets: bool,
    calm: bool,
    processes: Vec<Process>,
    events: BTreeMap<(u64, u64), Event>,
    scheduled: u64,
    overlap: Option<Overlap>,
}

struct Process {
    name: LockOwner,
    campaign: Campaign,
    /// Which life this is: a crash ends one, and what was meant for it is gone.
    life: u64,
    drift_ppm: u64,
    clock_offset: u64,
    asleep_until: u64,
    cut_until: u64,
    timer: u64,
    last_change: u64,
    /// The newest term that was seen to be over.
    over: u64,
    won: u64,
}

enum Event {
    Timer {
        process: usize,
        timer: u64,
    },
    Request {
        process: usize,
        life: u64,
        ask: Ask,
    },
    Reply {
        process: usize,
        life: u64,
        ask: Ask,
        answer: Answer,
    },
    Fault,
}

impl World {
    pub(crate) fn new(seed: u64, processes: usize) -> Self {
        let mut random = Random::new(seed);
        let processes = (0..processes)
            .map(|number| Process::new(number, &mut random))
            .collect();
        let mut world = Self {
            seed,
            now: 0,
            random,
            lock: Lock::default(),
            forgets: false,
            calm: false,
            processes,
            events: BTreeMap::new(),
            scheduled: 0,
            overlap: None,
        };
        world.start_all();
        world
    }

    pub(crate) fn lock_forgets(&mut self) {
        self.forgets = true;
    }

    pub(crate) fn chaos(&mut self, millis: u64) {
        self.schedule(0, Event::Fault);
        self.run(millis);
    }

    /// Nothing goes wrong from here on but what is on its way already.
    pub(crate) fn heal(&mut self, millis: u64) {
        self.calm = true;
        for process in &mut self.processes {
            (process.asleep_until, process.cut_until) = (0, 0);
        }
        self.start_all();
        self.run(millis);
    }

    pub(crate) fn resign_all(&mut self, millis: u64) {
        for process in 0..self.processes.len() {
            self.input(process, Campaign::resign);
        }
        self.run(millis);
    }

    pub(crate) fn overlap(&self) -> Option<Overlap> {
        self.overlap
    }

    pub(crate) fn terms_won(&self) -> u64 {
        self.processes.iter().map(|process| process.won).sum()
    }

    pub(crate) fn assert_one_leads_and_all_know_it(&self) {
        let told: Vec<_> = self
            .processes
            .iter()
            .map(|process| process.leader(self.now))
            .collect();
        let first = &told[0];
        assert!(
            first.is_some() && told.iter().all(|t| t == first),
            "{told:?}, seed {}",
            self.seed
        );
        let claims = self
            .processes
            .iter()
            .filter(|p| p.claims(self.now).is_some())
            .count();
        assert_eq!(claims, 1, "seed {}", self.seed);
    }

    pub(crate) fn assert_free(&self) {
        assert!(
            self.lock.is_free(self.now),
            "a lock is left behind: seed {}",
            self.seed
        );
        assert!(
            self.processes.iter().all(|p| p.campaign.holds_nothing()),
            "seed {}",
            self.seed
        );
    }

    fn start_all(&mut self) {
        for process in 0..self.processes.len() {
            self.input(process, Campaign::start);
        }
    }

    fn run(&mut self, millis: u64) {
        let end = self.now + millis * 1_000;
        while let Some(entry) = self
            .events
            .first_entry()
            .filter(|entry| entry.key().0 <= end)
        {
            let ((at, _), event) = entry.remove_entry();
            self.now = self.now.max(at);
            self.happen(event);
            self.check();
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Timer { process, timer } => {
                if self.processes[process].timer == timer && !self.postpone(process, &event) {
                    self.input(process, Campaign::tick);
                }
            }
            Event::Request { process, life, ask } => {
                let answer = self
                    .lock
                    .answer(self.now, &self.processes[process].name, ask.call());
                let reply = Event::Reply {
                    process,
                    life,
                    ask,
                    answer,
                };
                self.send(process, reply);
            }
            Event::Reply {
                process,
                life,
                ref ask,
                ref answer,
            } => {
                if self.processes[process].life == life && !self.postpone(process, &event) {
                    self.input(process, |campaign, now| {
                        campaign.answered(now, ask, answer.clone())
                    });
                }
            }
            Event::Fault if self.calm => {}
            Event::Fault => {
                self.fault();
                let next = self.random.below(600_000);
                self.schedule(next, Event::Fault);
            }
        }
    }

    /// Puts an event off until its process wakes up.
    fn postpone(&mut self, process: usize, event: &Event) -> bool {
        let asleep = self.processes[process]
            .asleep_until
            .saturating_sub(self.now);
        if asleep > 0 {
            let later = match event {
                Event::Timer { process, timer } => Event::Timer {
                    process: *process,
                    timer: *timer,
                },
                Event::Reply {
                    process,
                    life,
                    ask,
                    answer,
                } => Event::Reply {
                    process: *process,
                    life: *life,
                    ask: ask.clone(),
                    answer: answer.clone(),
                },
                Event::Request { .. } | Event::Fault => unreachable!("not a process's"),
            };
            self.schedule(asleep, later);
        }
        asleep > 0
    }

    fn fault(&mut self) {
        let process = self.random.index(self.processes.len());
        let span = self.random.below(4_000_000);
        match self.random.below(7) {
            0 => self.processes[process].asleep_until = self.now + span,
            1 | 2 => self.processes[process].cut_until = self.now + span,
            3 => {
                self.processes[process].crash(&mut self.random);
                self.input(process, Campaign::start);
            }
            4 => self.input(process, Campaign::resign),
            5 => self.input(process, Campaign::start),
            _ if self.forgets => self.lock.forget(),
            _ => self.input(process, Campaign::wake),
        }
    }

    fn input(&mut self, number: usize, input: impl FnOnce(&mut Campaign, Moment) -> Vec<Effect>) {
        let process = &mut self.processes[number];
        if process.asleep_until > self.now {
            return;
        }
        let now = process.clock(self.now);
        let effects = input(&mut process.campaign, now);
        let deadline = process.campaign.next_deadline();
        assert!(
            deadline > now,
            "a deadline that is over: seed {}",
            self.seed
        );
        process.timer += 1;
        let (life, timer) = (process.life, process.timer);
        let pause = process.until(deadline, self.now) + self.random.below(3_000);
        self.schedule(
            pause,
            Event::Timer {
                process: number,
                timer,
            },
        );
        for effect in effects {
            match effect {
                Effect::Ask(ask) => {
                    self.send(
                        number,
                        Event::Request {
                            process: number,
                            life,
                            ask,
                        },
                    );
                }
                Effect::Changed(change) => {
                    let process = &mut self.processes[number];
                    process.last_change += 1;
                    assert_eq!(change.number, process.last_change, "seed {}", self.seed);
                    process.won += u64::from(matches!(change.leadership, Leadership::Me(_)));
                }
                Effect::Renewed(_) => {}
            }
        }
    }

    /// Sends a message on its way, on which it may be lost or late.
    fn send(&mut self, process: usize, message: Event) {
        let late = if self.calm || self.random.percent(80) {
            20_000
        } else {
            1_500_000
        };
        let lost = !self.calm && self.random.percent(8);
        if !lost && self.processes[process].cut_until <= self.now {
            let takes = 100 + self.random.below(late);
            self.schedule(takes, message);
        }
    }

    fn schedule(&mut self, after: u64, event: Event) {
        self.scheduled += 1;
        self.events
            .insert((self.now + after, self.scheduled), event);
    }

    fn check(&mut self) {
        let mut claiming = None;
        for number in 0..self.processes.len() {
            let process = &mut self.processes[number];
            let Some(term) = process.claims(self.now) else {
                process.over = process.campaign.last_change().terms;
                continue;
            };
            assert!(
                term.number > process.over,
                "a term came back: seed {}",
                self.seed
            );
            if let Some(first) = claiming.replace(number) {
                let overlap = Overlap {
                    micros: self.now,
                    processes: [first, number],
                };
                self.overlap.get_or_insert(overlap);
            }
        }
    }
}

fn campaign(random: &mut Random) -> Campaign {
    Campaign::new(CampaignConfig::default(), random.next()).expect("the default is valid")
}

impl Process {
    fn new(number: usize, random: &mut Random) -> Self {
        Self {
            name: LockOwner::new(&format!("process-{number}:1")),
            campaign: campaign(random),
            life: 0,
            // Within the half percent that the configuration allows for, either way.
            drift_ppm: 995_000 + random.below(10_000),
            clock_offset: random.below(1_000_000_000),
            asleep_until: 0,
            cut_until: 0,
            timer: 0,
            last_change: 0,
            over: 0,
            won: 0,
        }
    }

    fn crash(&mut self, random: &mut Random) {
        self.campaign = campaign(random);
        self.life += 1;
        (self.last_change, self.over, self.asleep_until) = (0, 0, 0);
    }

    fn clock(&self, now: u64) -> Moment {
        Moment::from_micros(self.clock_offset + now * self.drift_ppm / 1_000_000)
    }

    /// How long in true time until this clock shows the moment.
    fn until(&self, moment: Moment, now: u64) -> u64 {
        let at = moment.as_micros().saturating_sub(self.clock_offset);
        (at * 1_000_000 / self.drift_ppm + 1).saturating_sub(now)
    }

    fn claims(&self, now: u64) -> Option<Term> {
        self.campaign
            .term()
            .filter(|term| term.is_running(self.clock(now)))
    }

    fn leader(&self, now: u64) -> Option<LockOwner> {
        match self.campaign.leadership(self.clock(now)) {
            Leadership::Unknown => None,
            Leadership::Other(owner) => Some(owner),
            Leadership::Me(_) => Some(self.name.clone()),
        }
    }
}
