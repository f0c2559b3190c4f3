use std::cmp::Reverse;

use crate::contest::Drawn;
use crate::mix::{mix64, spread};
use crate::{Candidate, Weight};

/// The candidates as a placement reads them: hashed once, in flat arrays, heaviest first.
///
/// Of equal weights the lower address comes first, as a [`Contest`](crate::contest::Contest) needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Contenders {
    hashes: Vec<u64>,
    weights: Vec<Weight>,
    /// Where each stands among all candidates.
    places: Vec<usize>,
}

/// How many are looked at together: few enough to be of nearly one weight, enough to make looking
/// cheap.
const BLOCK: usize = 32;

/// Some contenders that stand next to each other, at least one.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    hashes: &'a [u64],
    weights: &'a [Weight],
    places: &'a [usize],
}

impl Contenders {
    /// These candidates, which are sorted by address.
    pub(crate) fn new(sorted: &[Candidate]) -> Self {
        let mut places: Vec<usize> = (0..sorted.len()).collect();
        places.sort_by_key(|&place| Reverse(sorted[place].weight));
        let in_order = || places.iter().map(|&place| &sorted[place]);
        Self {
            hashes: in_order().map(|c| spread(c.addr.as_written())).collect(),
            weights: in_order().map(|c| c.weight).collect(),
            places,
        }
    }

    /// They in the same order, some at a time.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        let blocks = self.hashes.chunks(BLOCK).zip(self.weights.chunks(BLOCK));
        let blocks = blocks.zip(self.places.chunks(BLOCK));
        blocks.map(|((hashes, weights), places)| Block {
            hashes,
            weights,
            places,
        })
    }
}

impl Block<'_> {
    /// The heaviest weight in it.
    pub(crate) fn heaviest(&self) -> Weight {
        self.weights[0]
    }

    /// Those that draw more than `bar` for the group with this hash, each with where it stands among
    /// all candidates. What is done for the others decides how long a placement takes.
    pub(crate) fn above(&self, bar: u64, group: u64) -> impl Iterator<Item = (Drawn, usize)> {
        let draws = self.hashes.iter().map(move |hash| mix64(group ^ hash) | 1);
        let above = draws.enumerate().filter(move |&(_, draw)| draw > bar);
        above.map(|(at, draw)| {
            let weight = self.weights[at];
            (Drawn { draw, weight }, self.places[at])
        })
    }
}
