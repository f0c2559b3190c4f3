//! What a gateway knows and remembers whatever its role.

mod epochs;
mod known;
mod output;
mod presence;

use std::time::Duration;

use groupkeeper_assignment_store::{GatewayRecord, LeaderRecord};
use groupkeeper_types::{Epoch, Moment, Nonce, Timing};

use self::epochs::Epochs;
use self::known::Known;
use self::output::Output;
use self::presence::Presence;
pub(super) use self::presence::Stopping;
use super::Effect;
use super::candidacy::Candidacy;
use super::pace::Pace;
use crate::config::Config;

/// One process's, for as long as it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Core {
    pub(super) me: GatewayRecord,
    pub(super) config: Config,
    pub(super) epochs: Epochs,
    pub(super) known: Known,
    pub(super) presence: Presence,
    pub(super) candidacy: Candidacy,
    pub(super) pace: Pace,
    pub(super) output: Output,
}

/// One step: the moment, what is known, and what is to be done.
pub(super) struct Ctx<'a> {
    pub(super) now: Moment,
    pub(super) core: &'a mut Core,
    pub(super) out: &'a mut Vec<Effect>,
}

impl Core {
    pub(super) fn new(me: GatewayRecord, config: Config) -> Self {
        Self {
            me,
            config,
            epochs: Epochs::default(),
            known: Known::default(),
            presence: Presence::default(),
            candidacy: Candidacy::default(),
            pace: Pace::default(),
            output: Output::default(),
        }
    }

    pub(super) fn timing(&self) -> &Timing {
        &self.config.timing
    }

    /// When this gateway's term ends by its own clock; never later than the present without one.
    pub(super) fn term_end(&self) -> Moment {
        self.candidacy.term_end()
    }

    /// Who holds the lock, as it last heard.
    pub(super) fn lock_owner(&self) -> Option<String> {
        self.candidacy.lock_owner(&self.me.addr)
    }

    /// Remembers an epoch; whether nothing newer had been seen.
    pub(super) fn see(&mut self, epoch: Epoch) -> bool {
        self.epochs.see(epoch)
    }

    /// Different for every writing of this process, and as random as its incarnation between processes.
    pub(super) fn nonce(&mut self) -> Nonce {
        self.epochs.nonce(self.me.incarnation)
    }

    /// An epoch greater than every one that has been seen, and that nobody else begins.
    pub(super) fn next_epoch(&mut self) -> Epoch {
        self.epochs.next(self.me.incarnation)
    }

    /// Completes a record that this gateway is about to write, while leases as long as `longest` may be
    /// running.
    pub(super) fn complete(&self, next: LeaderRecord, longest: Duration) -> LeaderRecord {
        let given = self.timing().lease;
        self.epochs.complete(next, given, longest)
    }
}
