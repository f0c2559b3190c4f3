//! What a gateway is in its fleet, from its first words to its last.

use crate::machine::{CallId, Effect, Input, Reply};
use crate::peer::PeerError;

/// Whether it is new, is to lose its groups, or is to stop.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(in crate::machine) struct Presence {
    /// Whether some leader has taken this process in: its first words are said once.
    pub(in crate::machine) announced: bool,
    /// Whether a leader has said that this gateway is to lose its groups; it tells the next one.
    pub(in crate::machine) draining: bool,
    pub(in crate::machine) stopping: Stopping,
}

/// Whether it is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::machine) enum Stopping {
    /// It stays.
    #[default]
    No,
    /// On its way out: it leads only as far as needed to hand over.
    Asked { call: CallId, drain: bool },
    /// It has stopped, and does nothing any more.
    Done,
}

impl Presence {
    /// Whoever asks again to stop wants it now: the first to ask is told that it was cut short.
    pub(in crate::machine) fn asked_to_stop(
        &mut self,
        call: CallId,
        drain: bool,
        out: &mut Vec<Effect>,
    ) -> Input {
        match self.stopping {
            Stopping::No => Input::Stop { call, drain },
            Stopping::Asked { call: first, .. } => {
                let error = PeerError::not_available("stopped before everything was handed over");
                out.push(Effect::Reply {
                    call: first,
                    reply: Reply::Done(Err(error)),
                });
                Input::Stop { call, drain: false }
            }
            Stopping::Done => {
                out.push(Effect::Reply {
                    call,
                    reply: Reply::Done(Ok(())),
                });
                Input::Tick
            }
        }
    }
}
