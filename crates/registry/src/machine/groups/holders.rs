use std::collections::BTreeMap;

use groupkeeper_types::{GatewayAddr, GroupName};

/// Who has which groups, in no order.
#[derive(Debug, Clone, Default)]
pub(super) struct Holders {
    numbers: BTreeMap<GatewayAddr, u32>,
    /// By number. One without groups is free, and has none of the addresses above.
    benches: Vec<Bench>,
    free: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Bench {
    addr: GatewayAddr,
    groups: Vec<GroupName>,
}

/// Where a group stands among those of its holder: small, since there is one for every group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    holder: u32,
    place: u32,
}

impl Holders {
    /// Shrunk when less than a quarter of it is used.
    const ROOMY: usize = 4;

    pub(super) fn all(&self) -> impl Iterator<Item = &GatewayAddr> {
        self.numbers.keys()
    }

    /// The groups of this gateway.
    pub(super) fn of(&self, addr: &GatewayAddr) -> &[GroupName] {
        let number = self.numbers.get(addr);
        number.map_or(&[], |&number| &self.bench(number).groups)
    }

    /// The same address, as it stands here.
    pub(super) fn shared(&self, addr: GatewayAddr) -> GatewayAddr {
        match self.numbers.get_key_value(&addr) {
            Some((known, _)) => known.clone(),
            None => addr,
        }
    }

    /// Whose seat it is.
    pub(super) fn addr(&self, seat: Seat) -> &GatewayAddr {
        &self.bench(seat.holder).addr
    }

    /// Gives a gateway a group that it does not have.
    pub(super) fn add(&mut self, addr: &GatewayAddr, group: &GroupName) -> Seat {
        let holder = match self.numbers.get(addr) {
            Some(number) => *number,
            None => self.open(addr),
        };
        let groups = &mut self.benches[index(holder)].groups;
        let place = number(groups.len());
        groups.push(group.clone());
        Seat { holder, place }
    }

    /// Takes all groups from a gateway. Their seats are free, and others may get them.
    pub(super) fn clear(&mut self, addr: &GatewayAddr) -> Vec<GroupName> {
        let Some(holder) = self.numbers.remove(addr) else {
            return Vec::new();
        };
        self.free.push(holder);
        std::mem::take(&mut self.benches[index(holder)].groups)
    }

    /// Takes the group out that had this seat; the last of the same gateway, which is returned, has it
    /// from now on.
    pub(super) fn vacate(&mut self, seat: Seat) -> Option<GroupName> {
        let Bench { addr, groups } = &mut self.benches[index(seat.holder)];
        groups.swap_remove(index(seat.place));
        let mover = groups.get(index(seat.place)).cloned();
        if groups.is_empty() {
            groups.shrink_to_fit();
            self.numbers.remove(addr);
            self.free.push(seat.holder);
        } else if groups.len() * Self::ROOMY < groups.capacity() {
            groups.shrink_to(2 * groups.len());
        }
        mover
    }

    fn open(&mut self, addr: &GatewayAddr) -> u32 {
        let bench = Bench {
            addr: addr.clone(),
            groups: Vec::new(),
        };
        let holder = if let Some(free) = self.free.pop() {
            self.benches[index(free)] = bench;
            free
        } else {
            self.benches.push(bench);
            number(self.benches.len() - 1)
        };
        self.numbers.insert(addr.clone(), holder);
        holder
    }

    fn bench(&self, number: u32) -> &Bench {
        &self.benches[index(number)]
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("four billion groups do not fit into memory")
}

fn index(number: u32) -> usize {
    usize::try_from(number).expect("an index is no shorter than 32 bits")
}
