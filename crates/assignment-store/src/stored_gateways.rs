use groupkeeper_types::GatewayAddr;

use crate::Admission;

/// The stored set of gateways.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct StoredGateways {
    /// Those that can be read, sorted by address, each address once.
    pub records: Vec<Admission>,
    /// The others. Each may be acting as much as one that can be read.
    pub unreadable: Vec<UnreadableGateway>,
}

/// What stands where gateways stand and can't be read as one. It stays until its gateway is
/// [admitted](crate::Change::Admit) or [dismissed](crate::Change::Dismiss), or people see to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnreadableGateway {
    /// Its name in the store.
    pub name: String,
    /// The gateway that should stand there, where the name tells.
    pub addr: Option<GatewayAddr>,
    /// What is wrong with it.
    pub why: String,
}

impl StoredGateways {
    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.unreadable.is_empty()
    }
}

impl FromIterator<Admission> for StoredGateways {
    fn from_iter<I: IntoIterator<Item = Admission>>(records: I) -> Self {
        let whole = |record| Ok::<_, UnreadableGateway>(record);
        records.into_iter().map(whole).collect()
    }
}

impl FromIterator<Result<Admission, UnreadableGateway>> for StoredGateways {
    fn from_iter<I>(entries: I) -> Self
    where
        I: IntoIterator<Item = Result<Admission, UnreadableGateway>>,
    {
        let mut found = Self::default();
        for entry in entries {
            match entry {
                Ok(record) => found.records.push(record),
                Err(unreadable) => found.unreadable.push(unreadable),
            }
        }
        found.records.sort();
        // An earlier version may have left one under another spelling, beside the one that this version admitted.
        let spelled = |it: &Admission| it.addr().as_written() != it.addr().as_str();
        found.records.dedup_by(|later, kept| {
            let twice = later.addr() == kept.addr();
            if twice && spelled(kept) {
                std::mem::swap(later, kept);
            }
            twice
        });
        found
    }
}
