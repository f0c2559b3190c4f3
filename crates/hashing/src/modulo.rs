use std::num::NonZeroUsize;

use groupkeeper_types::GroupName;

use crate::{Candidate, Candidates, Placement, fnv1a32};

/// The reference's choice among `len` gateways: the group's FNV-1a 32 hash modulo their number,
/// 0 to `len - 1`.
pub fn modulo_index(group: &str, len: NonZeroUsize) -> usize {
    let hash = u64::from(fnv1a32(group.as_bytes()));
    let len = u64::try_from(len.get()).unwrap_or(u64::MAX);
    usize::try_from(hash % len).unwrap_or(usize::MAX)
}

/// The reference's rule, bit for bit: the group's hash modulo the number of gateways, counted in the
/// order of their addresses. Weights are ignored, and one gateway more or less moves nearly every
/// group that is placed anew.
///
/// Where the chosen one is not eligible, the next in the circle of addresses is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Modulo;

impl Placement for Modulo {
    fn rule(&self) -> &str {
        "modulo/1"
    }

    fn place_if<'a>(
        &self,
        group: &GroupName,
        among: &'a Candidates,
        eligible: &mut dyn FnMut(&Candidate) -> bool,
    ) -> Option<&'a Candidate> {
        let sorted = among.as_slice();
        let start = modulo_index(group.as_str(), NonZeroUsize::new(sorted.len())?);
        let (before, after) = sorted.split_at(start);
        after
            .iter()
            .chain(before)
            .find(|candidate| eligible(candidate))
    }
}
