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
        let wants = matches!(core.stopping, Stopping::Asked { .. }) && self.op.is_none();
        if wants { self.next } else { Moment::NEVER }
    }

    /// Asks the leader that answers there.
    pub(super) fn ask(&mut self, ctx: &mut Ctx<'_>, to: RpcAddr) {
        let leave = Leave {
            gateway: ctx.core.me.addr.clone(),
            incarnation: ctx.core.me.incarnation,
            keep_groups: matches!(ctx.core.stopping, Stopping::Asked { drain: false, .. }),
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
        let drains = matches!(ctx.core.stopping, Stopping::Asked { drain: true, .. });
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
    if let Stopping::Asked { call, .. } = ctx.core.stopping {
        ctx.core.stopping = Stopping::Done;
        ctx.reply(call, Reply::Done(result));
    }
}
