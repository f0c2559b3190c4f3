//! What living gateways are asked to give up. Why is not in it.

use std::collections::{BTreeMap, BTreeSet};

use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use crate::peer::Revokes;

/// Groups that living gateways are asked to give up, and what they have answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Revoking {
    by_gateway: BTreeMap<GatewayAddr, Asked>,
    /// Groups that every gateway has been asked to give up: nobody's, as far as is known.
    of_all: BTreeSet<GroupName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Asked {
    /// The number of the newest revoke, and of the newest that was acted on.
    last: u64,
    heard: u64,
    numbers: BTreeMap<GroupName, u64>,
    /// Those not heard of yet.
    unheard: BTreeMap<u64, (GroupName, Stamp)>,
}

impl Revoking {
    /// Asks a gateway to give a group up, once.
    pub(super) fn ask(&mut self, gateway: &GatewayAddr, group: &GroupName, stamp: Stamp) {
        let asked = self.by_gateway.entry(gateway.clone()).or_default();
        if !asked.numbers.contains_key(group) {
            asked.last += 1;
            asked.numbers.insert(group.clone(), asked.last);
            asked.unheard.insert(asked.last, (group.clone(), stamp));
        }
    }

    pub(super) fn is_asked(&self, gateway: &GatewayAddr, group: &GroupName) -> bool {
        self.by_gateway
            .get(gateway)
            .is_some_and(|asked| asked.numbers.contains_key(group))
    }

    /// Whether a gateway has given this group up.
    pub(super) fn is_heard(&self, gateway: &GatewayAddr, group: &GroupName) -> bool {
        let Some(asked) = self.by_gateway.get(gateway) else {
            return false;
        };
        asked
            .numbers
            .get(group)
            .is_some_and(|number| *number <= asked.heard)
    }

    /// Whether a gateway has given up this many groups, and was asked for no others.
    pub(super) fn is_all_heard(&self, gateway: &GatewayAddr, count: usize) -> bool {
        let asked = self.by_gateway.get(gateway);
        asked.is_some_and(|asked| asked.numbers.len() >= count && asked.unheard.is_empty())
    }

    /// The groups that a gateway is asked to give up.
    pub(super) fn asked_of(&self, gateway: &GatewayAddr) -> Vec<GroupName> {
        let asked = self.by_gateway.get(gateway);
        asked.map_or_else(Vec::new, |asked| asked.numbers.keys().cloned().collect())
    }

    /// A gateway has acted on every revoke up to this number.
    pub(super) fn hear(&mut self, gateway: &GatewayAddr, number: u64) {
        if let Some(asked) = self.by_gateway.get_mut(gateway) {
            asked.heard = asked.heard.max(number.min(asked.last));
            asked.unheard = asked.unheard.split_off(&(asked.heard + 1));
        }
    }

    /// What a gateway is to hear now.
    pub(super) fn to_tell(&self, gateway: &GatewayAddr) -> Revokes {
        let Some(asked) = self.by_gateway.get(gateway) else {
            return Revokes::default();
        };
        let mut number = asked.heard;
        let mut groups = Vec::new();
        let mut bytes = 0;
        for (next, revoke) in asked.unheard.iter().take(Revokes::MAX) {
            bytes += revoke.0.as_str().len();
            if bytes > Revokes::MAX_BYTES {
                break;
            }
            number = *next;
            groups.push(revoke.clone());
        }
        if groups.len() == asked.unheard.len() {
            number = asked.last;
        }
        Revokes { number, groups }
    }

    /// A known bug: what has been told once is not told again.
    pub(super) fn take_for_told(&mut self, gateway: &GatewayAddr) {
        if let Some(asked) = self.by_gateway.get_mut(gateway) {
            asked.unheard.clear();
        }
    }

    /// The group has been decided about anew.
    pub(super) fn done(&mut self, gateway: &GatewayAddr, group: &GroupName) {
        if let Some(asked) = self.by_gateway.get_mut(gateway)
            && let Some(number) = asked.numbers.remove(group)
        {
            asked.unheard.remove(&number);
        }
    }

    /// Asks all these gateways to give a group up.
    pub(super) fn ask_all<'a>(
        &mut self,
        gateways: impl Iterator<Item = &'a GatewayAddr>,
        group: &GroupName,
        stamp: Stamp,
    ) {
        self.of_all.insert(group.clone());
        for gateway in gateways {
            self.ask(gateway, group, stamp);
        }
    }

    /// The groups that every gateway has been asked to give up.
    pub(super) fn asked_of_all(&self) -> impl Iterator<Item = &GroupName> {
        self.of_all.iter()
    }

    /// How many of them this gateway has been asked for.
    pub(super) fn count_besides(&self, gateway: &GatewayAddr) -> usize {
        let asked = |group: &&GroupName| self.is_asked(gateway, group);
        self.asked_of_all().filter(asked).count()
    }

    /// Nobody need give this group up any longer, if everybody was asked to.
    pub(super) fn end_asking_all(&mut self, group: &GroupName) {
        if !self.of_all.remove(group) {
            return;
        }
        for asked in self.by_gateway.values_mut() {
            if let Some(number) = asked.numbers.remove(group) {
                asked.unheard.remove(&number);
            }
        }
    }

    /// Another process answers for this gateway: what the one before it gave up, it has not.
    pub(super) fn start_over(
        &mut self,
        gateway: &GatewayAddr,
        stamp: impl Fn(&GroupName) -> Stamp,
    ) {
        let Some(asked) = self.by_gateway.get_mut(gateway) else {
            return;
        };
        for group in std::mem::take(&mut asked.numbers).into_keys() {
            asked.last += 1;
            asked
                .unheard
                .insert(asked.last, (group.clone(), stamp(&group)));
            asked.numbers.insert(group, asked.last);
        }
        let fresh = asked
            .numbers
            .values()
            .min()
            .copied()
            .unwrap_or(asked.last + 1);
        asked.unheard = asked.unheard.split_off(&fresh);
        asked.heard = asked.heard.min(fresh - 1);
    }

    /// The gateway is gone, and whatever it held with it.
    pub(super) fn gone(&mut self, gateway: &GatewayAddr) {
        self.by_gateway.remove(gateway);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway() -> GatewayAddr {
        GatewayAddr::new("one:1").unwrap()
    }

    fn group(name: &str) -> GroupName {
        GroupName::new(name).unwrap()
    }

    fn told(revoking: &Revoking) -> (u64, Vec<GroupName>) {
        let Revokes { number, groups } = revoking.to_tell(&gateway());
        (number, groups.into_iter().map(|(group, _)| group).collect())
    }

    #[test]
    fn tells_until_it_is_heard() {
        let mut revoking = Revoking::default();
        revoking.ask(&gateway(), &group("a"), Stamp::ZERO);
        revoking.ask(&gateway(), &group("b"), Stamp::ZERO);
        revoking.ask(&gateway(), &group("a"), Stamp::ZERO);
        assert_eq!(told(&revoking), (2, vec![group("a"), group("b")]));
        assert!(!revoking.is_heard(&gateway(), &group("a")));
        revoking.hear(&gateway(), 1);
        assert!(revoking.is_heard(&gateway(), &group("a")));
        assert_eq!(told(&revoking), (2, vec![group("b")]));
        revoking.hear(&gateway(), 99);
        assert_eq!(told(&revoking), (2, vec![]));
        revoking.ask(&gateway(), &group("c"), Stamp::ZERO);
        assert!(
            !revoking.is_heard(&gateway(), &group("c")),
            "a number from the future is none"
        );
        revoking.done(&gateway(), &group("c"));
        assert!(!revoking.is_asked(&gateway(), &group("c")));
        assert_eq!(told(&revoking), (3, vec![]));
    }

    #[test]
    fn another_process_is_told_again() {
        let mut revoking = Revoking::default();
        revoking.ask(&gateway(), &group("a"), Stamp::ZERO);
        revoking.ask(&gateway(), &group("b"), Stamp::ZERO);
        revoking.hear(&gateway(), 1);
        revoking.start_over(&gateway(), |_| Stamp::ZERO);
        assert!(!revoking.is_heard(&gateway(), &group("a")));
        assert_eq!(told(&revoking), (4, vec![group("a"), group("b")]));
        revoking.hear(&gateway(), 4);
        assert!(revoking.is_heard(&gateway(), &group("a")));
    }
}
