use groupkeeper_types::{Moment, Stamp};

use crate::peer::{Found, PeerError};

/// One question that is asked until somebody knows, or nobody can. While an answer is on its way, this
/// gateway may hear of newer decisions: then it looks again.
#[derive(Debug, Default)]
pub struct Asking {
    late: u32,
}

/// What becomes of an answer.
#[derive(Debug)]
pub enum Then {
    /// It is told.
    Tell(Result<Found, PeerError>),
    /// It is older than what this gateway has heard: the view is looked at again, at once.
    LookAgain,
    /// Whoever was asked does not lead, or is gone: somebody else does, or soon will. The view is looked at
    /// again when it has changed, or `retry_every` later.
    Wait,
}

impl Asking {
    /// The most answers that are looked at.
    const TRIES: u32 = 3;

    /// An answer has come, to a gateway that has heard decisions up to `heard` by now.
    pub fn answered(&mut self, answer: Result<Found, PeerError>, heard: Stamp) -> Then {
        match answer {
            Ok(found) if found.as_of < heard => {
                self.late += 1;
                if self.late < Self::TRIES {
                    return Then::LookAgain;
                }
                Then::Tell(Err(older()))
            }
            Err(PeerError::NotLeader { .. } | PeerError::Unreachable { .. }) => Then::Wait,
            answer => Then::Tell(answer),
        }
    }

    /// The store's answer: where it has none, nobody can tell.
    ///
    /// # Errors
    /// The store's, or that there is no leader either.
    pub fn from_store(answer: Result<Option<Found>, PeerError>) -> Result<Found, PeerError> {
        answer?.ok_or_else(no_leader)
    }

    /// An answer that was wanted until `end`, looked at now: the process may have been suspended since it came.
    ///
    /// # Errors
    /// The answer's own, or that it is too late.
    pub fn by(
        end: Moment,
        now: Moment,
        answer: Result<Found, PeerError>,
    ) -> Result<Found, PeerError> {
        let found = answer?;
        if now > end {
            return Err(PeerError::not_available("the answer came too late"));
        }
        Ok(found)
    }
}

pub(crate) fn older() -> PeerError {
    PeerError::not_available("all answers are older than what this gateway has heard")
}

pub(crate) fn no_leader() -> PeerError {
    PeerError::not_available("no leader is known, and the group has no coordinator in the store")
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Revision};

    use super::*;
    use crate::peer::Decision;

    fn found(as_of: u64) -> Found {
        let stamp = Stamp::new(Epoch::new(as_of), Revision::new(as_of));
        let decision = Decision {
            group: GroupName::new("g").unwrap(),
            coordinator: GatewayAddr::new("a:1").unwrap(),
            stamp: Stamp::ZERO,
        };
        Found {
            decision,
            as_of: stamp,
        }
    }

    #[test]
    fn an_old_answer_is_asked_for_again_and_given_up_in_the_end() {
        let heard = found(5).as_of;
        let mut asking = Asking::default();
        for _ in 0..2 {
            assert!(matches!(
                asking.answered(Ok(found(4)), heard),
                Then::LookAgain
            ));
        }
        let told = asking.answered(Ok(found(4)), heard);
        assert!(matches!(
            told,
            Then::Tell(Err(PeerError::NotAvailable { .. }))
        ));
        let told = Asking::default().answered(Ok(found(5)), heard);
        assert!(matches!(told, Then::Tell(Ok(_))));
    }
}
