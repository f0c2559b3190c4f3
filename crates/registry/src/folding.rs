use groupkeeper_assignment_store::{Failover, Failovers};
use groupkeeper_hashing::{Candidate, Candidates, Strategy, UnknownStrategy, Weight};
use groupkeeper_types::{GroupName, Stamp};

use crate::peer::Decision;

/// What failovers make of decisions: the same at every gateway.
///
/// A failover moves what is older than itself and names one of the gateways that are gone. They apply
/// one after the other, since the gateway that took a group over may be gone by the next. What has no
/// stamp was written by the reference, maybe after the failover, and is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Folding {
    failovers: Vec<Fold>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Fold {
    failover: std::sync::Arc<Failover>,
    rule: Strategy,
    among: Candidates,
}

impl Folding {
    /// By these failovers.
    ///
    /// # Errors
    /// When one goes by a rule that this version does not know: who has its groups can't be told here.
    ///
    /// # Panics
    /// Never: a [`Failover`] names each gateway once.
    pub fn new(failovers: &Failovers) -> Result<Self, UnknownStrategy> {
        let failovers = failovers.as_slice().iter().map(|failover| {
            let candidate = |(addr, weight): &(_, std::num::NonZeroU32)| Candidate {
                addr: Clone::clone(addr),
                weight: Weight::new(weight.get()).unwrap_or_default(),
            };
            Ok(Fold {
                rule: Strategy::from_rule(failover.rule())?,
                among: Candidates::new(failover.among().iter().map(candidate))
                    .expect("a failover names each gateway once"),
                failover: failover.clone(),
            })
        });
        Ok(Self {
            failovers: failovers.collect::<Result<_, _>>()?,
        })
    }

    /// Whether there is nothing to fold.
    pub fn is_empty(&self) -> bool {
        self.failovers.is_empty()
    }

    /// What a settled decision has become.
    pub fn fold(&self, decision: Decision) -> Decision {
        self.first(&decision).map_or(decision.clone(), |first| {
            self.failovers[first..]
                .iter()
                .fold(decision, |d, fold| fold.apply(d))
        })
    }

    /// The first failover that moves a decision.
    pub(crate) fn first_moved_by(&self, decision: &Decision) -> Option<Stamp> {
        self.first(decision)
            .map(|first| self.failovers[first].failover.stamp())
    }

    /// Whether a decision was made by one of these failovers, and not about its group alone.
    pub(crate) fn made(&self, stamp: Stamp) -> bool {
        self.failovers
            .binary_search_by_key(&stamp, |fold| fold.failover.stamp())
            .is_ok()
    }

    fn first(&self, decision: &Decision) -> Option<usize> {
        self.failovers.iter().position(|fold| fold.moves(decision))
    }
}

impl Fold {
    fn moves(&self, decision: &Decision) -> bool {
        decision.stamp != Stamp::ZERO
            && decision.stamp < self.failover.stamp()
            && self.failover.takes_from(&decision.coordinator)
    }

    fn apply(&self, decision: Decision) -> Decision {
        if !self.moves(&decision) {
            return decision;
        }
        let coordinator = self.place(&decision.group);
        Decision {
            coordinator,
            stamp: self.failover.stamp(),
            ..decision
        }
    }

    fn place(&self, group: &GroupName) -> groupkeeper_types::GatewayAddr {
        let placement = self.rule.placement();
        let placed = placement.place(group, &self.among);
        placed
            .expect("a failover names at least one gateway that is left")
            .addr
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::sync::Arc;

    use groupkeeper_assignment_store::LeaderRecord;
    use groupkeeper_types::{Epoch, GatewayAddr, Revision};

    use super::*;

    fn addr(name: &str) -> GatewayAddr {
        GatewayAddr::new(&format!("{name}:1")).unwrap()
    }

    fn stamp(revision: u64) -> Stamp {
        Stamp::new(Epoch::new(1), Revision::new(revision))
    }

    fn failover(revision: u64, gone: &str, among: &str, rule: &str) -> Arc<Failover> {
        let among = vec![(addr(among), NonZeroU32::MIN)];
        Arc::new(Failover::new(stamp(revision), vec![addr(gone)], rule, among).unwrap())
    }

    fn decision(coordinator: &str, stamp: Stamp) -> Decision {
        Decision {
            group: GroupName::new("g").unwrap(),
            coordinator: addr(coordinator),
            stamp,
        }
    }

    fn folding(failovers: Vec<Arc<Failover>>) -> Folding {
        Folding::new(&Failovers::new(failovers).unwrap()).unwrap()
    }

    #[test]
    fn older_decisions_follow_one_failover_after_the_other() {
        let folding = folding(vec![
            failover(5, "a", "b", "rendezvous/1"),
            failover(8, "b", "c", "modulo/1"),
        ]);
        let fold = |coordinator, revision| folding.fold(decision(coordinator, stamp(revision)));
        assert_eq!(fold("a", 4), decision("c", stamp(8)));
        assert_eq!(fold("b", 7), decision("c", stamp(8)));
        assert_eq!(
            fold("a", 5),
            decision("a", stamp(5)),
            "came back, and got it again"
        );
        assert_eq!(fold("c", 1), decision("c", stamp(1)));
        assert_eq!(
            folding.first_moved_by(&decision("a", stamp(4))),
            Some(stamp(5))
        );
        assert_eq!(
            folding.first_moved_by(&decision("b", stamp(6))),
            Some(stamp(8))
        );
        assert_eq!(folding.first_moved_by(&decision("b", stamp(8))), None);
        assert!(folding.made(stamp(8)) && !folding.made(stamp(7)));
    }

    /// Where it was decided under another spelling, it has been answered so.
    #[test]
    fn a_stored_failover_places_by_the_spellings_that_it_was_decided_with() {
        let places = |rule: &str| {
            let failover = format!(
                r#"{{"stamp":{{"epoch":1,"revision":5}},"gone":["G:1"],"rule":"{rule}","among":[["C:1",1],["a:1",1],["b.:1",1],["b:1",1]]}}"#
            );
            let record = format!(
                r#"{{"format":1,"value":{{"epoch":1,"revision":5,"leader":"a:1","incarnation":1,"rpc":"a:2","settled":{{"epoch":1,"revision":1}},"failovers":[{failover}],"nonce":1}}}}"#
            );
            let record = LeaderRecord::decode(record.as_bytes()).unwrap();
            let folding = Folding::new(&record.failovers).unwrap();
            let group = |n| GroupName::new(&format!("group-{n}")).unwrap();
            let place = move |n| {
                let group = group(n);
                let lost = Decision {
                    group,
                    ..decision("g", stamp(4))
                };
                folding.fold(lost).coordinator.to_string()
            };
            (0..8).map(place).collect::<Vec<_>>()
        };
        // What the version said that took each spelling for a gateway.
        let (c, a, b) = ("c:1", "a:1", "b:1");
        assert_eq!(places("rendezvous/1"), [c, a, b, b, b, b, a, b]);
        assert_eq!(places("modulo/1"), [a, b, b, c, a, b, b, c]);
    }

    #[test]
    fn what_the_reference_wrote_is_left_alone() {
        let folding = folding(vec![failover(5, "a", "b", "rendezvous/1")]);
        let of_reference = decision("a", Stamp::ZERO);
        assert_eq!(folding.fold(of_reference.clone()), of_reference);
    }

    #[test]
    fn a_rule_of_another_version_is_no_rule_to_guess() {
        let failovers = Failovers::new(vec![failover(5, "a", "b", "rendezvous/2")]).unwrap();
        let error = Folding::new(&failovers).unwrap_err().to_string();
        assert!(error.contains("rendezvous/2"), "{error}");
    }
}
