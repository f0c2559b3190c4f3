//! G3: once a newer epoch has begun, no write of an older one changes the store.

use super::epochs::Epochs;
use super::{Outcome, Seen, broken};
use crate::world::World;

pub(crate) fn look(_: &World, epochs: &Epochs, seen: &Seen<'_>) -> Outcome {
    if let Seen::Changed {
        pid, side, batch, ..
    }
    | Seen::Committed {
        pid, side, batch, ..
    } = seen
        && batch.next.epoch < epochs.newest(*side)
    {
        return broken(
            "G3 fenced",
            format!(
                "a write of p{pid} in epoch {} changes the store, and epoch {} has begun",
                batch.next.epoch,
                epochs.newest(*side)
            ),
        );
    }
    Ok(())
}
