use groupkeeper_assignment_store::Lineage;
use groupkeeper_types::{Epoch, Stamp};

use crate::{InvalidMessage, proto};

impl From<Lineage> for proto::Lineage {
    fn from(lineage: Lineage) -> Self {
        let ended = lineage.ended().iter();
        Self {
            forgotten: lineage.forgotten().get(),
            ended: ended
                .map(|(epoch, last)| Stamp::new(*epoch, *last).into())
                .collect(),
        }
    }
}

impl TryFrom<proto::Lineage> for Lineage {
    type Error = InvalidMessage;

    fn try_from(lineage: proto::Lineage) -> Result<Self, Self::Error> {
        let count = lineage.ended.len();
        if count > Self::MAX {
            let why = format!("{count} terms, and {} are the most", Self::MAX);
            return Err(InvalidMessage::new("lineage", &why));
        }
        let ended = lineage.ended.into_iter().map(Stamp::from);
        let ended = ended.map(|last| (last.epoch, last.revision)).collect();
        Ok(Self::new(Epoch::new(lineage.forgotten), ended))
    }
}
