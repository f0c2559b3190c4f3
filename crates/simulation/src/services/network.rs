use crate::clock::{Time, ms};
use crate::random::Random;

/// The wires between gateways: each direction of each pair by itself.
#[derive(Debug)]
pub(crate) struct Network {
    slots: usize,
    /// How many faults cut the wire from one to another.
    cuts: Vec<u32>,
    /// So many messages in a thousand are lost, come late, or come twice.
    pub(crate) loses: u64,
    pub(crate) delays: u64,
    pub(crate) doubles: u64,
}

impl Network {
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            slots,
            cuts: vec![0; slots * slots],
            loses: 0,
            delays: 0,
            doubles: 0,
        }
    }

    pub(crate) fn cut(&mut self, from: usize, to: usize) {
        self.cuts[from * self.slots + to] += 1;
    }

    pub(crate) fn mend(&mut self, from: usize, to: usize) {
        let cut = &mut self.cuts[from * self.slots + to];
        *cut = cut.saturating_sub(1);
    }

    pub(crate) fn heal(&mut self) {
        self.cuts.fill(0);
        (self.loses, self.delays, self.doubles) = (0, 0, 0);
    }

    /// How long a message is under way; `None` when it never arrives.
    pub(crate) fn carry(&self, random: &mut Random, from: usize, to: usize) -> Option<Time> {
        if from == to {
            return Some(random.between(5, 50));
        }
        if self.cuts[from * self.slots + to] > 0 || random.chance(self.loses) {
            return None;
        }
        Some(if random.chance(self.delays) {
            random.span(ms(20), ms(2_500))
        } else {
            random.span(200, ms(4))
        })
    }
}
