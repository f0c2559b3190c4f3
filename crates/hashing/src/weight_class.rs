use groupkeeper_types::GatewayAddr;

use crate::mix::{mix64, spread};
use crate::{Candidate, Weight};

/// The candidates of one weight, hashed once. Among equal weights the highest draw wins, so that
/// only the winner of each class needs the logarithm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct WeightClass {
    pub(crate) weight: Weight,
    hashes: Vec<u64>,
    /// Where each stands among all candidates; rising, so that equal draws go to the lower address.
    places: Vec<usize>,
}

/// What a candidate drew for a group: odd, so never zero, and as good as random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) draw: u64,
    pub(crate) place: usize,
}

impl WeightClass {
    pub(crate) const fn new(weight: Weight) -> Self {
        Self {
            weight,
            hashes: Vec::new(),
            places: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, addr: &GatewayAddr, place: usize) {
        self.hashes.push(spread(addr.as_str()));
        self.places.push(place);
    }

    /// The highest draw among the eligible. `eligible` is asked only of those that would win.
    pub(crate) fn highest(
        &self,
        group: u64,
        all: &[Candidate],
        eligible: &mut dyn FnMut(&Candidate) -> bool,
    ) -> Option<Drawn> {
        let mut best: Option<Drawn> = None;
        let mut highest = 0;
        for (hash, &place) in self.hashes.iter().zip(&self.places) {
            let draw = mix64(group ^ hash) | 1;
            if draw > highest && eligible(&all[place]) {
                highest = draw;
                best = Some(Drawn { draw, place });
            }
        }
        best
    }
}
