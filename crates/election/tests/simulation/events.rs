use groupkeeper_election::{Answer, Ask, Campaign, Effect, Leadership};
use groupkeeper_types::Moment;

use crate::world::World;

#[derive(Clone)]
pub(crate) enum Event {
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

/// What happens, and what follows from it.
impl World {
    pub(crate) fn run(&mut self, millis: u64) {
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
            self.schedule(asleep, event.clone());
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

    pub(crate) fn input(
        &mut self,
        number: usize,
        input: impl FnOnce(&mut Campaign, Moment) -> Vec<Effect>,
    ) {
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

    pub(crate) fn schedule(&mut self, after: u64, event: Event) {
        self.scheduled += 1;
        self.events
            .insert((self.now + after, self.scheduled), event);
    }
}
