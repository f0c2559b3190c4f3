//! What a follower's leader has told it. Which groups it told of is known elsewhere.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, Moment, Stamp};

use crate::machine::core::Ctx;
use crate::peer::{Ack, MemberList, Standing};

/// What leaders told, and until when it may be relied on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Session {
    told: Option<Told>,
    /// The gateways as last heard of, to be shown while there is no session.
    members: Arc<MemberList>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Told {
    epoch: Epoch,
    fresh_until: Moment,
    standing: Standing,
    /// Since when its leader has not stored this gateway; `None` where it has.
    unstored: Option<Moment>,
    /// The newest revoke of this leader that was acted on.
    revokes_heard: u64,
}

impl Session {
    /// None yet: what is shown is this.
    pub(super) fn showing(members: Arc<MemberList>) -> Self {
        Self {
            told: None,
            members,
        }
    }

    pub(super) fn members(&self) -> &Arc<MemberList> {
        &self.members
    }

    /// Of which epoch it is.
    pub(super) fn epoch(&self) -> Option<Epoch> {
        self.told.as_ref().map(|told| told.epoch)
    }

    pub(super) fn standing(&self) -> Option<Standing> {
        self.told.as_ref().map(|told| told.standing)
    }

    pub(super) fn fresh_until(&self) -> Moment {
        match &self.told {
            Some(_) if mutation::is_on(Mutation::StaleCache) => Moment::NEVER,
            Some(told) => told.fresh_until,
            None => Moment::ZERO,
        }
    }

    /// Which list of members the leader of this epoch has told, and up to which of its revokes this gateway
    /// has acted: 0 for none.
    pub(super) fn heard(&self, epoch: Epoch) -> (u64, u64) {
        let told = self.told.as_ref().filter(|told| told.epoch == epoch);
        told.map_or((0, 0), |told| (self.members.version, told.revokes_heard))
    }

    /// Whether an answer with this stamp is of this session: a leader before its own may have told of what
    /// the store lost since.
    pub(super) fn is_of(&self, stamp: Stamp) -> bool {
        self.epoch() == Some(stamp.epoch)
    }

    /// A heartbeat that was sent then has been acknowledged, under leases as long as `longest`.
    pub(super) fn acknowledged(
        &mut self,
        ctx: &Ctx<'_>,
        sent: Moment,
        longest: Duration,
        ack: &Ack,
    ) {
        let before = self.told.take().filter(|told| told.epoch == ack.epoch);
        match (&ack.members, &before) {
            (Some(members), _) => self.members = Arc::clone(members),
            (None, None) => self.members = Arc::default(),
            (None, Some(_)) => {}
        }
        let unstored = before.and_then(|told| told.unstored);
        self.told = Some(Told {
            epoch: ack.epoch,
            fresh_until: sent + longest,
            standing: ack.standing,
            unstored: (!ack.standing.is_stored()).then(|| unstored.unwrap_or(ctx.now)),
            revokes_heard: ack.revokes.number,
        });
    }

    /// Whether its leader may be deposed without knowing it, or unable to lead: it gives a lease as short as
    /// `lease`, where `longest` is usual.
    pub(super) fn is_doubtful(&self, ctx: &Ctx<'_>, lease: Duration, longest: Duration) -> bool {
        let timing = ctx.core.timing();
        match self.told.as_ref().and_then(|told| told.unstored) {
            // It has not verified its record lately.
            None => lease + 3 * timing.verify_every < longest,
            // It stores nobody for longer than an earlier process can be acting.
            Some(since) => ctx.now.since(since) > timing.wait(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::testing::{Bench, ack};

    #[test]
    fn what_another_leader_told_is_not_said_to_this_one() {
        let mut bench = Bench::new();
        let (now, longest) = (bench.now, bench.core.timing().lease);
        let mut session = Session::default();
        let list = MemberList {
            version: 4,
            members: Vec::new(),
        };
        let mut first = ack();
        (first.members, first.revokes.number) = (Some(Arc::new(list)), 7);
        session.acknowledged(&bench.ctx(), now, longest, &first);
        assert_eq!(session.heard(first.epoch), (4, 7));
        assert_eq!(session.heard(Epoch::new(9)), (0, 0));
        session.acknowledged(&bench.ctx(), now, longest, &ack());
        assert_eq!(session.heard(first.epoch), (4, 0), "it has the list");
        let next = Ack {
            epoch: Epoch::new(9),
            ..ack()
        };
        session.acknowledged(&bench.ctx(), now, longest, &next);
        assert_eq!(session.heard(next.epoch), (0, 0));
        assert_eq!(session.epoch(), Some(next.epoch));
        assert_eq!(session.fresh_until(), now + longest);
    }

    #[test]
    fn a_leader_that_stores_nobody_is_doubtful() {
        let mut bench = Bench::new();
        let (sent, longest) = (bench.now, bench.core.timing().lease);
        let mut session = Session::default();
        let mut joining = ack();
        joining.standing = Standing::Joining;
        session.acknowledged(&bench.ctx(), sent, longest, &joining);
        assert!(!session.is_doubtful(&bench.ctx(), Duration::ZERO, longest));
        bench.now = bench.now + bench.core.timing().wait() + Duration::from_micros(1);
        let sent = bench.now;
        session.acknowledged(&bench.ctx(), sent, longest, &joining);
        assert!(session.is_doubtful(&bench.ctx(), Duration::ZERO, longest));
        session.acknowledged(&bench.ctx(), sent, longest, &ack());
        assert!(!session.is_doubtful(&bench.ctx(), longest, longest));
        assert!(session.is_doubtful(&bench.ctx(), Duration::ZERO, longest));
    }
}
