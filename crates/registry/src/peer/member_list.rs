use groupkeeper_types::GatewayAddr;

/// The healthy gateways, as one leader numbered this state of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MemberList {
    /// Grows with every change during one epoch; 0 is no list at all.
    pub version: u64,
    /// Sorted by address.
    pub members: Vec<MemberView>,
}

/// One healthy gateway.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberView {
    /// Where Kafka clients reach it.
    pub addr: GatewayAddr,
    /// Whether it has joined this leader; one that has not is taken as alive for one lease after
    /// a change of leader, because an earlier leader knew it.
    pub joined: bool,
    /// Whether its groups are being moved away.
    pub draining: bool,
}

impl MemberList {
    /// Whether this gateway is in the list.
    pub fn contains(&self, addr: &GatewayAddr) -> bool {
        self.place(addr).is_some()
    }

    /// The index of this gateway in [`members`](Self::members).
    pub fn place(&self, addr: &GatewayAddr) -> Option<usize> {
        self.members
            .binary_search_by(|member| member.addr.cmp(addr))
            .ok()
    }
}
