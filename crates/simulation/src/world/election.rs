//! What the election's task does with a campaign, and what the driver hears of it.

use groupkeeper_election::{Answer, Ask, Campaign, Effect, Leadership, LockOwner};
use groupkeeper_registry::machine::{Input, LockNews};
use groupkeeper_types::Moment;

use super::process::Farewell;
use super::{World, trace};
use crate::clock::ms;
use crate::event::{Event, Pid};
use crate::invariants::Seen;

impl World {
    /// Gives a campaign an input and does what it says.
    pub(crate) fn campaign(
        &mut self,
        pid: Pid,
        input: impl FnOnce(&mut Campaign, Moment) -> Vec<Effect>,
    ) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let host = &self.hosts[process.slot];
        let now = host.clock.show(self.now);
        let mut news = false;
        let mut won = false;
        for effect in input(&mut process.campaign, now) {
            match effect {
                Effect::Ask(ask) => {
                    let faults = &self.plan.lock;
                    if host.lock_cuts > 0 || self.random.chance(faults.loses) {
                        self.counts.lock_calls_lost += 1;
                        continue;
                    }
                    let delay = self.random.span(300, ms(20));
                    let call = Event::LockCall {
                        pid,
                        ask: Box::new(ask),
                    };
                    self.schedule.at(self.now + delay, call);
                }
                Effect::Changed(change) => {
                    news = true;
                    won |= matches!(change.leadership, Leadership::Me(_));
                }
                Effect::Renewed(_) => news = true,
            }
        }
        if news && !process.hears {
            process.hears = true;
            let delay = self.random.span(0, ms(2));
            self.schedule.at(self.now + delay, Event::HearOfLock(pid));
        }
        let when = host.clock.when(process.campaign.next_deadline());
        let when = when.max(self.now) + self.random.span(1, ms(3));
        if when < process.campaign_timer {
            process.campaign_timer = when;
            self.schedule.at(when, Event::CampaignTimer(pid));
        }
        if won {
            trace!(self, "p{pid} has the lock");
            self.counts.terms += 1;
            self.see(&Seen::WonLock { pid });
        }
        self.farewell(pid, false);
    }

    pub(crate) fn campaign_timer(&mut self, pid: Pid) {
        if let Some(process) = self.processes.get_mut(&pid) {
            if self.now < process.campaign_timer {
                return;
            }
            process.campaign_timer = u64::MAX;
        }
        self.campaign(pid, Campaign::tick);
    }

    pub(crate) fn lock_called(&mut self, pid: Pid, ask: Box<Ask>) {
        // A call under way arrives although its caller has died.
        let Some(host) = self.processes.get(&pid).map(|process| process.slot) else {
            return;
        };
        let owner = LockOwner::new(self.hosts[host].addr.as_str());
        let Some(side) = self.sides.get_mut(self.hosts[host].side) else {
            return;
        };
        let answer = side.lock.answer(self.now, &owner, ask.call());
        let faults = &self.plan.lock;
        if self.hosts[host].lock_cuts > 0 || self.random.chance(faults.loses_answers) {
            self.counts.lock_answers_lost += 1;
            return;
        }
        let high = if self.random.chance(faults.delays) {
            ms(1_500)
        } else {
            ms(20)
        };
        let delay = self.random.span(300, high);
        let answer = Box::new(answer);
        self.after(delay, Event::LockAnswer { pid, ask, answer });
    }

    pub(crate) fn lock_answered(&mut self, pid: Pid, ask: &Ask, answer: Answer) {
        self.campaign(pid, |campaign, now| campaign.answered(now, ask, answer));
    }

    pub(crate) fn hear_of_lock(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        process.hears = false;
        if process.lock_unwanted {
            return;
        }
        let now = self.hosts[process.slot].clock.show(self.now);
        let term = process.campaign.term().filter(|term| term.is_running(now));
        let news = match (term, process.campaign.leadership(now)) {
            (Some(term), _) => LockNews::Mine { until: term.ends },
            (None, Leadership::Other(owner)) => LockNews::HeldBy(owner),
            (None, _) => LockNews::Free,
        };
        self.step(pid, Input::Lock(news));
    }

    /// Campaigns from now on, and at once.
    pub(crate) fn stand(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let stood = std::mem::replace(&mut process.stands, true);
        if process.lock_unwanted {
            return;
        }
        let input = if stood {
            Campaign::wake
        } else {
            Campaign::start
        };
        self.campaign(pid, input);
    }

    /// Gives the lock back, in a task of the driver.
    pub(crate) fn resign(&mut self, pid: Pid, farewell: Farewell) {
        if let Some(process) = self.processes.get_mut(&pid) {
            process.lock_unwanted = true;
            process.farewells.push(farewell);
        }
        self.campaign(pid, Campaign::resign);
    }

    /// Goes on once nothing of the lock is left, or it has taken too long.
    pub(crate) fn farewell(&mut self, pid: Pid, late: bool) {
        let Some(process) = self.processes.get_mut(&pid) else {
            return;
        };
        let out = !process.campaign.is_standing() && process.campaign.holds_nothing();
        if process.farewells.is_empty() || !out && !late {
            return;
        }
        let done = |farewell: &mut Farewell| out || matches!(farewell, Farewell::Leave { .. });
        let ended: Vec<Farewell> = process.farewells.extract_if(.., done).collect();
        for farewell in ended {
            match farewell {
                Farewell::Yield if self.processes.get(&pid).is_some_and(|it| it.quit) => {}
                Farewell::Yield => {
                    if self.processes.get(&pid).is_some_and(|it| it.stands) {
                        self.campaign(pid, Campaign::start);
                    }
                    if let Some(process) = self.processes.get_mut(&pid) {
                        process.lock_unwanted = false;
                    }
                    self.hear_of_lock(pid);
                }
                Farewell::Leave { tell, replies } => self.tell_and_go(pid, tell, &replies),
            }
        }
    }
}
