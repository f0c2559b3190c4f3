/// A call of the [`AssignmentStore`](crate::AssignmentStore) trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    not(feature = "testing"),
    allow(dead_code, unreachable_pub, reason = "only faults tell calls apart")
)]
pub enum Call {
    /// `record`
    Record,
    /// `load`
    Load,
    /// `list`; a listing is one call, however many entries are taken from it
    List,
    /// `gateways`
    Gateways,
    /// `begin`
    Begin,
    /// `commit`
    Commit,
    /// `verify`
    Verify,
}

#[cfg(feature = "testing")]
impl Call {
    /// Every call.
    pub const ALL: [Self; 7] = [
        Self::Record,
        Self::Load,
        Self::List,
        Self::Gateways,
        Self::Begin,
        Self::Commit,
        Self::Verify,
    ];
}
