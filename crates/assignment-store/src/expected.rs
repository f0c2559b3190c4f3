use groupkeeper_types::Stamp;

use crate::LeaderRecord;

/// What must stand in the store for a new epoch to begin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expected {
    /// No leader record: nobody has led this fleet.
    DoesNotExist,
    /// Exactly this writing of it.
    Matches(LeaderRecord),
}

impl Expected {
    /// The stamp of what is to stand, [`Stamp::ZERO`] for no record.
    pub const fn stamp(&self) -> Stamp {
        match self {
            Self::DoesNotExist => Stamp::ZERO,
            Self::Matches(record) => record.stamp(),
        }
    }

    /// Whether this is what stands.
    pub fn holds(&self, found: Option<&LeaderRecord>) -> bool {
        match self {
            Self::DoesNotExist => found.is_none(),
            Self::Matches(record) => found == Some(record),
        }
    }
}

impl From<Option<LeaderRecord>> for Expected {
    fn from(found: Option<LeaderRecord>) -> Self {
        found.map_or(Self::DoesNotExist, Self::Matches)
    }
}
