use super::inbox::Inbox;
use super::responder::Responder;
use crate::api::{Header, Refusal};

/// Answers are written once they are this many bytes, however many requests are still waiting: a
/// short request can have a long answer.
pub(super) const WRITE_AT: usize = 64 << 10;

/// What is to be done after the requests that could be answered at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// More has to arrive.
    Read,
    /// Others get their turn.
    Pause,
    /// The next request is whole, and its answer takes waiting.
    Wait,
}

impl Responder {
    /// Answers frames as long as they are whole and can be answered at once, at most so many, and
    /// tells how many there were. All of them are answered as of one moment: what is known is looked
    /// up once, and nothing is waited for before the answers are complete.
    pub(super) fn answer_ready(
        &self,
        inbox: &mut Inbox,
        at_most: usize,
        out: &mut Vec<u8>,
    ) -> Result<(usize, Then), Refusal> {
        if inbox.frame()?.is_none() {
            return Ok((0, Then::Read));
        }
        let look = self.coordinators.look();
        let mut frames = inbox.frames();
        let mut answered = 0;
        let mut answer = || {
            while answered < at_most && out.len() < WRITE_AT {
                let Some(frame) = frames.first()? else {
                    return Ok(Then::Read);
                };
                if Header::is_group_call(frame) || self.answer_out_of(&*look, frame, out)?.is_some()
                {
                    return Ok(Then::Wait);
                }
                frames.consume(frame);
                answered += 1;
            }
            Ok(Then::Pause)
        };
        let then = answer();
        let left = frames.left();
        inbox.leave(left);
        then.map(|then| (answered, then))
    }
}
