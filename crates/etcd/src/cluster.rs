use std::sync::{Mutex, MutexGuard, PoisonError};

use groupkeeper_types::RpcAddr;

use crate::failure::{Failure, Kind};

/// Which cluster the members say they are of, and which one of them this process works on.
///
/// A write that came to a member of another cluster would begin a second history there. So nothing is asked
/// until most of the members have named one cluster, or half of them where the others can't be reached; from
/// then on no other cluster's member is asked.
#[derive(Debug)]
pub(crate) struct Cluster(Mutex<State>);

#[derive(Debug)]
struct State {
    /// What each member said when it was last connected to.
    said: Vec<Option<u64>>,
    chosen: Option<u64>,
}

impl Cluster {
    pub(crate) fn new(members: usize) -> Self {
        Self(Mutex::new(State {
            said: vec![None; members],
            chosen: None,
        }))
    }

    /// Takes note of what a member says.
    pub(crate) fn hear(&self, place: usize, cluster: u64) {
        if let Some(said) = self.state().said.get_mut(place) {
            *said = Some(cluster);
        }
    }

    /// The cluster to work on, once most members have named it.
    pub(crate) fn chosen(&self) -> Option<u64> {
        self.choose(|state, votes| votes * 2 > state.said.len())
    }

    /// The same, where no other member can be asked: half of them are enough, if no other cluster was named as
    /// often.
    pub(crate) fn chosen_at_last(&self) -> Option<u64> {
        self.choose(|state, votes| votes * 2 >= state.said.len())
    }

    fn choose(&self, enough: impl Fn(&State, usize) -> bool) -> Option<u64> {
        let mut state = self.state();
        if state.chosen.is_none() {
            state.chosen = state
                .most_named()
                .filter(|&cluster| enough(&state, state.votes(cluster)));
        }
        state.chosen
    }

    /// What to tell people where nothing can be chosen, or a member is of another cluster than was chosen.
    pub(crate) fn refusal(&self, addresses: &[RpcAddr]) -> Failure {
        let state = self.state();
        let named: Vec<String> = state
            .said
            .iter()
            .zip(addresses)
            .filter_map(|(said, member)| said.map(|id| format!("{member} is of cluster {id:x}")))
            .collect();
        let several = state.names_several();
        let named = named.join(", ");
        if let Some(chosen) = state.chosen {
            let why = format!(
                "{named}, and this process works on cluster {chosen:x}: name members of one etcd cluster alone; where \
                 it was restored from a backup, start all gateways again"
            );
            return Failure::new(Kind::Member, why);
        }
        if several {
            let why = format!("{named}: name the members of one etcd cluster, and no others");
            return Failure::new(Kind::Cluster, why);
        }
        let count = addresses.len();
        let why = format!(
            "too few of the {count} members are reached to be sure of the etcd cluster ({}); at the start at \
             least half must be",
            if named.is_empty() { "none" } else { &named }
        );
        Failure::new(Kind::Member, why)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment, so a panic elsewhere leaves it usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn votes(&self, cluster: u64) -> usize {
        self.said
            .iter()
            .filter(|said| **said == Some(cluster))
            .count()
    }

    /// The one that more members name than any other.
    fn most_named(&self) -> Option<u64> {
        let named = || self.said.iter().flatten().copied();
        named().find(|&cluster| {
            let mut others = named().filter(|&other| other != cluster);
            others.all(|other| self.votes(other) < self.votes(cluster))
        })
    }

    fn names_several(&self) -> bool {
        let mut named = self.said.iter().flatten();
        named
            .next()
            .is_some_and(|first| named.any(|other| other != first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(said: &[Option<u64>]) -> Cluster {
        let cluster = Cluster::new(said.len());
        for (place, said) in said.iter().enumerate() {
            if let Some(id) = said {
                cluster.hear(place, *id);
            }
        }
        cluster
    }

    #[test]
    fn a_cluster_is_chosen_when_most_name_it_and_at_last_when_half_do() {
        for (said, chosen, at_last) in [
            (&[None][..], None, None),
            (&[Some(7)], Some(7), Some(7)),
            (&[Some(7), None], None, Some(7)),
            (&[Some(7), Some(8)], None, None),
            (&[Some(7), None, None], None, None),
            (&[Some(7), Some(7), None], Some(7), Some(7)),
            (&[Some(7), Some(8), Some(8)], Some(8), Some(8)),
            (&[Some(7), Some(8), Some(9)], None, None),
            (&[Some(7), Some(7), Some(8), None], None, Some(7)),
            (&[Some(7), Some(7), Some(8), Some(8)], None, None),
        ] {
            assert_eq!(of(said).chosen(), chosen, "{said:?}");
            assert_eq!(of(said).chosen_at_last(), at_last, "{said:?}");
        }
    }

    #[test]
    fn what_was_chosen_stays() {
        let cluster = of(&[Some(7)]);
        assert_eq!(cluster.chosen(), Some(7));
        cluster.hear(0, 8);
        assert_eq!(cluster.chosen(), Some(7));
        let told = cluster.refusal(&[RpcAddr::new("a:1").unwrap()]);
        assert!(
            told.why()
                .contains("a:1 is of cluster 8, and this process works on cluster 7")
        );
    }

    #[test]
    fn people_are_told_who_is_of_which() {
        let addresses = ["a:1", "b:1"].map(|text| RpcAddr::new(text).unwrap());
        let two = of(&[Some(10), Some(11)]).refusal(&addresses);
        assert!(
            two.why()
                .contains("a:1 is of cluster a, b:1 is of cluster b"),
            "{two}"
        );
        assert_eq!(two.kind, Kind::Cluster);
        let none = of(&[None, None]).refusal(&addresses);
        assert!(none.why().contains("too few of the 2 members"), "{none}");
    }
}
