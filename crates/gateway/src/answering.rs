use std::sync::Arc;

use crate::serve::Responder;
use crate::{Coordinators, Limits};

/// Frames turned into answers as a listener does it, without a socket: for who measures that.
#[derive(Debug)]
pub struct Answering(Responder);

impl Answering {
    /// Out of what these coordinators know.
    pub fn new(coordinators: Arc<dyn Coordinators>) -> Self {
        Self(Responder::new(coordinators, Limits::default()))
    }

    /// Appends the answer to a frame, which is what follows the length field. `false`, and nothing is
    /// appended, for one that is refused or can't be answered at once.
    pub fn answer(&self, frame: &[u8], out: &mut Vec<u8>) -> bool {
        matches!(self.0.answer(frame, out), Ok(None))
    }
}
