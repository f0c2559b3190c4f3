use groupkeeper_types::GatewayAddr;

use crate::GatewayRecord;

/// The stored set of gateways.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct StoredGateways {
    /// Those that can be read, sorted by address.
    pub records: Vec<GatewayRecord>,
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

impl FromIterator<GatewayRecord> for StoredGateways {
    fn from_iter<I: IntoIterator<Item = GatewayRecord>>(records: I) -> Self {
        let whole = |record| Ok::<_, UnreadableGateway>(record);
        records.into_iter().map(whole).collect()
    }
}

impl FromIterator<Result<GatewayRecord, UnreadableGateway>> for StoredGateways {
    fn from_iter<I>(entries: I) -> Self
    where
        I: IntoIterator<Item = Result<GatewayRecord, UnreadableGateway>>,
    {
        let mut found = Self::default();
        for entry in entries {
            match entry {
                Ok(record) => found.records.push(record),
                Err(unreadable) => found.unreadable.push(unreadable),
            }
        }
        found.records.sort();
        found
    }
}
