use groupkeeper_types::GatewayAddr;
use thiserror::Error;

use crate::contenders::Contenders;
use crate::{Candidate, Weight};

/// The gateways a group may be placed on: sorted by address, each address once, and hashed once, so
/// that a placement costs a few instructions for each.
///
/// What counts is how an address is written: a rule that was stored under other spellings places as it did when
/// those were other gateways.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Candidates {
    sorted: Vec<Candidate>,
    contenders: Contenders,
}

/// One address was given twice, so that its weight is in doubt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{addr} stands twice among the candidates: give each gateway once, with one weight")]
pub struct DuplicateCandidate {
    /// The address.
    pub addr: GatewayAddr,
}

impl Candidates {
    /// These gateways, in any order.
    ///
    /// # Errors
    /// When an address stands there twice.
    pub fn new(
        candidates: impl IntoIterator<Item = Candidate>,
    ) -> Result<Self, DuplicateCandidate> {
        let mut sorted: Vec<Candidate> = candidates.into_iter().collect();
        sorted.sort_unstable_by(as_written);
        let same = |pair: &&[Candidate]| pair[0].addr.as_written() == pair[1].addr.as_written();
        if let Some(twice) = sorted.windows(2).find(same) {
            return Err(DuplicateCandidate {
                addr: twice[0].addr.clone(),
            });
        }
        Ok(Self::hashed(sorted))
    }

    /// These gateways, in any order, all of one weight. An address that stands there twice is taken
    /// once.
    pub fn equal(addrs: impl IntoIterator<Item = GatewayAddr>) -> Self {
        let equal = |addr| Candidate {
            addr,
            weight: Weight::ONE,
        };
        let mut sorted: Vec<Candidate> = addrs.into_iter().map(equal).collect();
        sorted.sort_unstable_by(as_written);
        sorted.dedup_by(|a, b| a.addr.as_written() == b.addr.as_written());
        Self::hashed(sorted)
    }

    fn hashed(sorted: Vec<Candidate>) -> Self {
        Self {
            contenders: Contenders::new(&sorted),
            sorted,
        }
    }

    /// All of them, sorted by the bytes of their addresses.
    pub fn as_slice(&self) -> &[Candidate] {
        &self.sorted
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The sum of the weights.
    pub fn total_weight(&self) -> u64 {
        self.sorted
            .iter()
            .map(|c| u64::from(c.weight.get()))
            .fold(0, u64::saturating_add)
    }

    pub(crate) const fn contenders(&self) -> &Contenders {
        &self.contenders
    }
}

fn as_written(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    a.addr.as_written().cmp(b.addr.as_written())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_takes_each_address_once() {
        let candidate = |addr: &str, weight| Candidate {
            addr: GatewayAddr::new(addr).unwrap(),
            weight: Weight::new(weight).unwrap(),
        };
        let among = Candidates::new([
            candidate("b:1", 2),
            candidate("B-1:1", 1),
            candidate("a:10", 3),
        ]);
        let among = among.unwrap();
        let addrs: Vec<_> = among.as_slice().iter().map(|c| c.addr.as_str()).collect();
        assert_eq!(addrs, ["a:10", "b-1:1", "b:1"]);
        assert_eq!((among.len(), among.total_weight()), (3, 6));

        let addrs = ["b:1", "a:1", "b:1"].map(|addr| GatewayAddr::new(addr).unwrap());
        assert_eq!(
            Candidates::equal(addrs),
            Candidates::new([candidate("a:1", 1), candidate("b:1", 1)]).unwrap()
        );

        let twice = Candidates::new([
            candidate("a:1", 1),
            candidate("b:1", 1),
            candidate("a:1", 2),
        ]);
        assert_eq!(
            twice,
            Err(DuplicateCandidate {
                addr: GatewayAddr::new("a:1").unwrap()
            })
        );
    }
}
