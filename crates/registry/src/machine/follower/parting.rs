//! How a gateway that stops asks a leader to move its groups first.

use groupkeeper_types::{Moment, RpcAddr};

use crate::machine::core::{Core, Ctx, Stopping};
use crate::machine::{Effect, OpId, Reply};
use crate::peer::{Leave, PeerError};

/// The wish to leave that is under way, and when the next is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Parting {
    op: Option<OpId>,
    next: Moment,
}

impl Parting {
    /// When to ask, given that somebody leads.
    pub(super) fn deadline(&self, core: &Core) -> Moment {
        let wants = matches!(core.presence.stopping, Stopping::Asked { .. }) && self.op.is_none();
        if wants { self.next } else { Moment::NEVER }
    }

    /// Asks the leader that answers there.
    pub(super) fn ask(&mut self, ctx: &mut Ctx<'_>, to: RpcAddr) {
        let leave = Leave {
            gateway: ctx.core.me.addr.clone(),
            incarnation: ctx.core.me.incarnation,
            keep_groups: matches!(
                ctx.core.presence.stopping,
                Stopping::Asked { drain: false, .. }
            ),
        };
        let op = ctx.op();
        self.op = Some(op);
        ctx.out.push(Effect::Leave { op, to, leave });
    }

    /// Another leader is to be asked, at once.
    pub(super) fn start_over(&mut self, now: Moment) {
        self.op = None;
        self.next = now;
    }

    /// A leader has answered; whether another is to be asked. Otherwise this gateway has stopped.
    pub(super) fn answered(
        &mut self,
        ctx: &mut Ctx<'_>,
        op: OpId,
        result: Result<(), PeerError>,
    ) -> bool {
        if self.op.take_if(|asked| *asked == op).is_none() {
            return false;
        }
        let drains = matches!(
            ctx.core.presence.stopping,
            Stopping::Asked { drain: true, .. }
        );
        match result {
            // Another leader may do it; whoever waits for it has a limit.
            Err(error) if error.is_retryable() && drains => {
                self.next = ctx.now + ctx.core.timing().retry_every;
                true
            }
            result => {
                finish(ctx, result);
                false
            }
        }
    }
}

/// Ends a stop: from here on the machine does nothing.
pub(super) fn finish(ctx: &mut Ctx<'_>, result: Result<(), PeerError>) {
    if let Stopping::Asked { call, .. } = ctx.core.presence.stopping {
        ctx.core.presence.stopping = Stopping::Done;
        ctx.reply(call, Reply::Done(result));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::CallId;
    use crate::machine::testing::{Bench, gateway};

    fn ask(bench: &mut Bench, parting: &mut Parting) -> OpId {
        parting.ask(&mut bench.ctx(), gateway("a", 1).rpc);
        let [Effect::Leave { op, .. }] = bench.take()[..] else {
            panic!("nobody is asked");
        };
        assert_eq!(parting.deadline(&bench.core), Moment::NEVER);
        op
    }

    #[test]
    fn another_leader_is_asked_until_one_has_done_it() {
        let (mut bench, mut parting) = (Bench::new(), Parting::default());
        assert_eq!(parting.deadline(&bench.core), Moment::NEVER, "it stays");
        bench.core.presence.stopping = Stopping::Asked {
            call: CallId(1),
            drain: true,
        };
        let op = ask(&mut bench, &mut parting);
        let lost = || Err(PeerError::unreachable("no answer"));
        assert!(parting.answered(&mut bench.ctx(), op, lost()));
        assert!(!parting.answered(&mut bench.ctx(), op, lost()), "late");
        assert!(parting.deadline(&bench.core) > bench.now);
        let op = ask(&mut bench, &mut parting);
        assert!(!parting.answered(&mut bench.ctx(), op, Ok(())));
        assert_eq!(bench.done(), [(1, true)]);
        assert_eq!(bench.core.presence.stopping, Stopping::Done);
    }
}
