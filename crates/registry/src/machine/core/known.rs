//! What a gateway knows of groups and holds of them, and how look-ups are told. Who decides is not in it.

use groupkeeper_assignment_store::Lineage;
use groupkeeper_types::mutation::{self, Mutation};
use groupkeeper_types::{Epoch, GroupName, Stamp};

use super::{Core, Ctx};
use crate::machine::Effect;
use crate::machine::groups::Groups;
use crate::machine::holdings::{Held, Holdings};
use crate::peer::Decision;

/// What is known of groups, up to the newest decision in it, and what this gateway may act for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(in crate::machine) struct Known {
    pub(in crate::machine) groups: Groups,
    pub(in crate::machine) applied: Stamp,
    pub(in crate::machine) holdings: Holdings,
}

impl Core {
    fn hear(&mut self, decision: &Decision) -> Held {
        let epoch = self.epochs.seen();
        self.known.holdings.hear(decision, &self.me.addr, epoch)
    }
}

impl Ctx<'_> {
    /// Takes note of a decision for what this gateway holds.
    pub(in crate::machine) fn hear(&mut self, decision: &Decision) {
        let held = self.core.hear(decision);
        self.tell_held(&decision.group, held);
    }

    /// The same of many, which are told of at once.
    pub(in crate::machine) fn hear_all<'a>(
        &mut self,
        decisions: impl IntoIterator<Item = &'a Decision>,
    ) {
        let mut held = Vec::new();
        for decision in decisions {
            match self.core.hear(decision) {
                Held::By(stamp) => held.push((decision.group.clone(), stamp)),
                other => self.tell_held(&decision.group, other),
            }
        }
        if !held.is_empty() {
            self.out.push(Effect::HoldAll(held));
        }
    }

    /// Gives up a group that is held by this decision, or by an older one.
    pub(in crate::machine) fn give_up(&mut self, group: &GroupName, stamp: Stamp) {
        let held = self.core.known.holdings.give_up(group, stamp);
        self.tell_held(group, held);
    }

    /// Gives up everything, for good.
    pub(in crate::machine) fn give_all_up(&mut self) {
        self.core.known.holdings.close();
        self.out.push(Effect::ReleaseAll);
    }

    /// A leader says whether earlier leases are over.
    pub(in crate::machine) fn set_inherited_over(&mut self, over: bool) {
        if self.core.known.holdings.set_inherited_over(over) {
            self.hold_again();
        }
    }

    /// Where the lease is over, nothing is held any more; whether it is.
    pub(in crate::machine) fn lapse(&mut self) -> bool {
        let held = self.core.known.holdings.holds_any();
        let over = self.core.known.holdings.lapse(self.now);
        if over && held {
            self.out.push(Effect::ReleaseAll);
        }
        over
    }

    /// No token is less than this from now on. Where that is news, the lease so far is over, which a leader
    /// on another copy of the store may have given; whether it is.
    pub(in crate::machine) fn raise_token_floor(&mut self, to: Stamp) -> bool {
        // The other thing that ends what a lapse has left: the bug is that neither does.
        let rises = to > self.core.known.holdings.token_floor()
            && !mutation::is_on(Mutation::HeldThroughLapse);
        if rises {
            if self.core.known.holdings.holds_any() {
                self.out.push(Effect::ReleaseAll);
            }
            self.core.known.holdings.end_lease();
        }
        self.core.known.holdings.raise_token_floor(to);
        rises
    }

    /// Hears again of everything that is known to name this gateway.
    pub(in crate::machine) fn hold_again(&mut self) {
        // Some at a time: they may be all there are.
        for some in self.core.known.groups.of(&self.core.me.addr).chunks(4_096) {
            let known = some
                .iter()
                .filter_map(|group| self.core.known.groups.get(group));
            let known: Vec<Decision> = known.collect();
            self.hear_all(&known);
        }
    }

    fn tell_held(&mut self, group: &GroupName, held: Held) {
        let group = group.clone();
        match held {
            Held::Same => {}
            Held::By(stamp) => self.out.push(Effect::Hold { group, stamp }),
            Held::NoLonger => self.out.push(Effect::Release(group)),
        }
    }

    /// What is cached may be old.
    pub(in crate::machine) fn forget_all(&mut self) {
        self.core.known.groups.clear();
        self.out.push(Effect::ForgetAll);
        // What is held stays so, while nobody takes it.
        self.lapse();
    }

    /// An epoch is heard of, or begun, that stands on this lineage, which is settled up to there. What is
    /// known and held beyond that is lost, since the store lost it. Where the epoch that this gateway took
    /// part in is not of the lineage, all is: others may have been given it meanwhile.
    pub(in crate::machine) fn stand_on(&mut self, epoch: Epoch, lineage: &Lineage, settled: Stamp) {
        let before = self.core.epochs.take_part(epoch);
        let known = &mut self.core.known;
        if before != epoch && before != Epoch::ZERO && !lineage.has(before) {
            known.groups.clear();
            known.holdings.clear();
            known.applied = Stamp::ZERO;
            self.core.presence.announced = false;
            self.out.extend([Effect::ForgetAll, Effect::ReleaseAll]);
            return self.alarm(format!(
                "epoch {epoch} does not stand on epoch {before}, in which this gateway took part: the store was \
                 parted, or has lost its newest writes; this gateway lets go of all its groups and joins anew"
            ));
        }
        let lost =
            |stamp: Stamp| stamp.epoch != epoch && !(stamp <= settled && lineage.contains(stamp));
        for group in known.groups.lose(lost) {
            self.out.push(Effect::Forget(group));
        }
        for group in known.holdings.lose(lost) {
            self.out.push(Effect::Release(group));
        }
    }
}
