use std::sync::atomic::{AtomicU64, Ordering};

use groupkeeper_types::{GatewayAddr, Stamp};

use crate::peer::MemberList;

/// What a view knows of one group.
#[derive(Debug)]
pub(super) struct Known {
    coordinator: GatewayAddr,
    stamp: Stamp,
    /// Where the coordinator was found last: the number of a list of members, and in the low bits the
    /// place in it. One word, so that no thread sees the number of one list with a place of another.
    found: AtomicU64,
}

/// Enough for sixteen million gateways, and a trillion lists.
const PLACE_BITS: u32 = 24;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;

impl Known {
    pub(super) const fn new(coordinator: GatewayAddr, stamp: Stamp) -> Self {
        Self {
            coordinator,
            stamp,
            found: AtomicU64::new(0),
        }
    }

    pub(super) const fn coordinator(&self) -> &GatewayAddr {
        &self.coordinator
    }

    pub(super) const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The coordinator's place among the members; `None` when it is none of them. Each list has a
    /// number of its own, from 1 on, and is searched once.
    pub(super) fn place(&self, list: u64, members: &MemberList) -> Option<usize> {
        let found = self.found.load(Ordering::Relaxed);
        if found >> PLACE_BITS == list {
            return usize::try_from(found & PLACE_MASK).ok();
        }
        let place = members.place(&self.coordinator)?;
        let low = u64::try_from(place).ok().filter(|&low| low <= PLACE_MASK);
        if let Some(low) = low {
            self.found
                .store(list << PLACE_BITS | low, Ordering::Relaxed);
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::MemberView;

    fn list(addrs: &[&str]) -> MemberList {
        let members = addrs.iter().map(|addr| MemberView {
            addr: GatewayAddr::new(addr).unwrap(),
            joined: true,
            draining: false,
        });
        MemberList {
            version: 1,
            members: members.collect(),
        }
    }

    #[test]
    fn a_place_is_of_the_list_that_is_asked_about() {
        let known = Known::new(GatewayAddr::new("b:1").unwrap(), Stamp::ZERO);
        let (first, second) = (list(&["a:1", "b:1"]), list(&["b:1", "c:1"]));
        for _ in 0..2 {
            assert_eq!(known.place(1, &first), Some(1));
        }
        assert_eq!(known.place(2, &second), Some(0));
        assert_eq!(known.place(3, &list(&["a:1"])), None);
        assert_eq!(known.place(4, &first), Some(1));
    }
}
