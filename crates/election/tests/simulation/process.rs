use groupkeeper_election::{Campaign, CampaignConfig, Leadership, LockOwner, Term};
use groupkeeper_types::Moment;

use crate::random::Random;

/// One process, its clock, and what was seen of it.
pub(crate) struct Process {
    pub(crate) name: LockOwner,
    pub(crate) campaign: Campaign,
    /// Which life this is: a crash ends one, and what was meant for it is gone.
    pub(crate) life: u64,
    pub(crate) drift_ppm: u64,
    pub(crate) clock_offset: u64,
    pub(crate) asleep_until: u64,
    pub(crate) cut_until: u64,
    pub(crate) timer: u64,
    pub(crate) last_change: u64,
    /// The newest term that was seen to be over.
    pub(crate) over: u64,
    pub(crate) won: u64,
}

fn campaign(random: &mut Random) -> Campaign {
    Campaign::new(CampaignConfig::default(), random.next()).expect("the default is valid")
}

impl Process {
    pub(crate) fn new(number: usize, random: &mut Random) -> Self {
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

    pub(crate) fn crash(&mut self, random: &mut Random) {
        self.campaign = campaign(random);
        self.life += 1;
        (self.last_change, self.over, self.asleep_until) = (0, 0, 0);
    }

    pub(crate) fn clock(&self, now: u64) -> Moment {
        Moment::from_micros(self.clock_offset + now * self.drift_ppm / 1_000_000)
    }

    /// How long in true time until this clock shows the moment.
    pub(crate) fn until(&self, moment: Moment, now: u64) -> u64 {
        let at = moment.as_micros().saturating_sub(self.clock_offset);
        (at * 1_000_000 / self.drift_ppm + 1).saturating_sub(now)
    }

    pub(crate) fn claims(&self, now: u64) -> Option<Term> {
        self.campaign
            .term()
            .filter(|term| term.is_running(self.clock(now)))
    }

    pub(crate) fn leader(&self, now: u64) -> Option<LockOwner> {
        match self.campaign.leadership(self.clock(now)) {
            Leadership::Unknown => None,
            Leadership::Other(owner) => Some(owner),
            Leadership::Me(_) => Some(self.name.clone()),
        }
    }
}
