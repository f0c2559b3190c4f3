//! What is on its way, for people who read a path.

use std::fmt::Write as _;

use groupkeeper_assignment_store::LeaderRecord;
use groupkeeper_registry::machine::{Batch, BatchChange, StoreWork};
use groupkeeper_registry::peer::Ack;

use crate::flight::Answer;
use crate::state::State;

pub(crate) fn work(work: &StoreWork) -> String {
    match work {
        StoreWork::ReadRecord => "reading of the record".to_owned(),
        StoreWork::Begin { expected, next } => {
            format!("beginning of {} on {}", next.stamp(), expected.stamp())
        }
        StoreWork::Gateways => "reading of the gateways".to_owned(),
        StoreWork::Load(group) => format!("reading of {group}"),
        StoreWork::Commit(it) => batch(it),
        StoreWork::Verify(record) => format!("verification of {}", record.stamp()),
    }
}

pub(crate) fn batch(batch: &Batch) -> String {
    let change = |change: &BatchChange| match change {
        BatchChange::Assign(decision) => format!("{}→{}", decision.group, decision.coordinator),
        BatchChange::SetAside(name) => format!("{name} aside"),
        BatchChange::Admit(record) => format!("+{} {}", record.addr, record.incarnation),
        BatchChange::Dismiss(addr) => format!("-{addr}"),
        BatchChange::Rewrite(decision) => format!("{} rewritten", decision.group),
    };
    let changes: Vec<_> = batch.changes.iter().map(change).collect();
    let (on, next) = (batch.expected.stamp(), batch.next.stamp());
    format!("commit {next} on {on} [{}]", changes.join(", "))
}

pub(crate) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Acked(Ok(ack)) => acked(ack),
        Answer::Record(Some(record)) => {
            format!("the record {} of {}", record.stamp(), record.leader)
        }
        Answer::Stale(found) => {
            format!(
                "refused, found {:?}",
                found.as_ref().map(LeaderRecord::stamp)
            )
        }
        Answer::Listed(found, whole) => {
            let one = |it: &groupkeeper_registry::peer::Decision| {
                format!("{}→{} ({})", it.group, it.coordinator, it.stamp)
            };
            let found: Vec<_> = found.iter().map(one).collect();
            format!(
                "listed {found:?}{}",
                if *whole { "" } else { ", cut short" }
            )
        }
        answer => format!("{answer:?}"),
    }
}

fn acked(ack: &Ack) -> String {
    use groupkeeper_registry::peer::Changes;
    let mut text = format!("acknowledged by epoch {} as of {}", ack.epoch, ack.stamp);
    match &ack.changes {
        Changes::Reset => text.push_str(", all anew"),
        Changes::Since(all) => {
            for it in all {
                let _ = write!(text, ", {it:?}");
            }
        }
    }
    let _ = write!(text, ", {:?} for {:?}", ack.standing, ack.lease);
    if ack.inherited_over {
        text.push_str(", earlier leases are over");
    }
    for (group, stamp) in &ack.revokes.groups {
        let _ = write!(text, ", give up {group} ({stamp})");
    }
    text
}

impl State {
    /// What each gateway would answer and may act for, and what is stored.
    pub fn told(&self) -> String {
        let mut text = String::new();
        for (slot, gateway) in self.gateways.iter().enumerate() {
            let role = format!("{:?}", gateway.role).to_lowercase();
            let paused = if gateway.paused { ", paused" } else { "" };
            let _ = write!(text, "gw{slot} ({role}{paused}) knows");
            for it in gateway.view.values() {
                let _ = write!(text, " {}→{}", it.group, &it.coordinator.to_string()[..3]);
            }
            let fresh = if self.moment() < gateway.fresh_until {
                "answers"
            } else {
                "silent"
            };
            let _ = write!(text, " as of {}, {fresh}, acts for [", gateway.applied);
            for (group, stamp) in gateway.machine.owned(self.moment()) {
                let _ = write!(text, " {group} ({stamp})");
            }
            text.push_str(" ] | ");
        }
        let record = self.store.record.as_ref().map(LeaderRecord::stamp);
        let _ = write!(text, "store {}:", record.unwrap_or_default());
        for it in self.store.assignments.values() {
            let (group, at) = (&it.group, it.coordinator.to_string());
            let _ = write!(text, " {group}→{} ({})", &at[..3], it.stamp);
        }
        text
    }
}
