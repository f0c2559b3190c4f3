use std::fmt::Debug;

use groupkeeper_types::GroupName;

use crate::{Candidate, Candidates};

/// Picks the gateway a group is placed on.
///
/// # To ensure correctness
/// - The answer depends on the group's name and on the candidates, and on nothing else: not on the
///   machine, an earlier answer, or another group. Every gateway computes it for itself.
/// - [`rule`](Self::rule) changes whenever the answer for anything changes.
pub trait Placement: Debug + Send + Sync + 'static {
    /// The rule and its version, `rendezvous/1` say: stored next to what was decided by it, so that
    /// a gateway with another rule says so instead of computing another answer.
    fn rule(&self) -> &str;

    /// The best of the candidates for which `eligible` holds; `None` when it holds for none.
    ///
    /// `eligible` is asked in the strategy's own order, at most once for each candidate, and not of
    /// those that plainly can't win. Something that only one gateway knows, load say, belongs in a decision
    /// that is stored, not in a rule that everyone computes.
    fn place_if<'a>(
        &self,
        group: &GroupName,
        among: &'a Candidates,
        eligible: &mut dyn FnMut(&Candidate) -> bool,
    ) -> Option<&'a Candidate>;

    /// The best of all candidates; `None` when there are none.
    fn place<'a>(&self, group: &GroupName, among: &'a Candidates) -> Option<&'a Candidate> {
        self.place_if(group, among, &mut |_| true)
    }
}
