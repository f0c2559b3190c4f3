//! An epoch has one leader: its number is never used again, and grows.

use groupkeeper_types::Epoch;

use super::{Outcome, Seen, broken};

#[derive(Debug, Default)]
pub(crate) struct Epochs {
    newest: Epoch,
}

impl Epochs {
    pub(crate) fn newest(&self) -> Epoch {
        self.newest
    }

    pub(crate) fn look(&mut self, seen: &Seen<'_>) -> Outcome {
        let Seen::Begun { pid, record } = seen else {
            return Ok(());
        };
        if record.epoch <= self.newest {
            let what = format!(
                "p{pid} begins epoch {}, and epoch {} has begun before",
                record.epoch, self.newest
            );
            return broken("one leader an epoch", what);
        }
        self.newest = record.epoch;
        Ok(())
    }
}
