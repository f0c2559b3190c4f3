use std::collections::BTreeMap;

use groupkeeper_election::Campaign;

use crate::events::Event;
use crate::lock::Lock;
use crate::process::Process;
use crate::random::Random;

/// Two processes that claimed the lock at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlap {
    pub(crate) micros: u64,
    pub(crate) processes: [usize; 2],
}

/// Everything, in microseconds of true time.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) now: u64,
    pub(crate) random: Random,
    pub(crate) lock: Lock,
    pub(crate) forgets: bool,
    pub(crate) calm: bool,
    pub(crate) processes: Vec<Process>,
    pub(crate) events: BTreeMap<(u64, u64), Event>,
    pub(crate) scheduled: u64,
    pub(crate) overlap: Option<Overlap>,
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

    /// No two claim, and no term comes back.
    pub(crate) fn check(&mut self) {
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
