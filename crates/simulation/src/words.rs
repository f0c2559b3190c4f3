//! Events in few words, for the trace.

use groupkeeper_registry::machine::{Answer, Batch, BatchChange, Input, OpId, Reply, StoreWork};

pub(crate) fn input(input: &Input) -> String {
    match input {
        Input::Answer { answer, .. } => format!("answer {}", answer_words(answer)),
        Input::Heartbeat { heartbeat, .. } => format!(
            "heartbeat of {} {} announce {} seen {} applied {}",
            heartbeat.gateway.addr,
            heartbeat.gateway.incarnation,
            heartbeat.announce,
            heartbeat.epoch,
            heartbeat.applied
        ),
        other => format!("{other:?}"),
    }
}

fn answer_words(answer: &Answer) -> String {
    match answer {
        Answer::Listed(entries) => format!("list of {}", entries.len()),
        Answer::Record(Ok(Some(record))) => {
            format!("record {} of {}", record.stamp(), record.leader)
        }
        Answer::Acked(Ok(ack)) => format!(
            "ack as of {} {:?} with {}",
            ack.stamp,
            ack.standing,
            match &ack.changes {
                groupkeeper_registry::peer::Changes::Since(some) =>
                    format!("{} changes", some.len()),
                groupkeeper_registry::peer::Changes::Reset => "a reset".to_owned(),
            }
        ),
        other => format!("{other:?}"),
    }
}

pub(crate) fn work(op: OpId, work: &StoreWork) -> String {
    match work {
        StoreWork::Commit(batch) => {
            format!("{op:?} commit {} {}", batch.next.stamp(), changes(batch))
        }
        StoreWork::Verify(record) => format!("{op:?} verify {}", record.stamp()),
        StoreWork::Begin { next, .. } => format!("{op:?} begin {}", next.stamp()),
        other => format!("{op:?} {other:?}"),
    }
}

pub(crate) fn changes(batch: &Batch) -> String {
    let word = |change: &BatchChange| match change {
        BatchChange::Assign(decision) => format!("{}={}", decision.group, decision.coordinator),
        BatchChange::Rewrite(decision) => format!("{}~{}", decision.group, decision.coordinator),
        BatchChange::SetAside(name) => format!("{name} aside"),
        BatchChange::Admit(record) => format!("+{} {}", record.addr, record.incarnation),
        BatchChange::Dismiss(addr) => format!("-{addr}"),
    };
    let newest = batch.next.failovers.newest();
    let own = newest.filter(|failover| failover.stamp() == batch.next.stamp());
    let gone = own
        .iter()
        .flat_map(|failover| failover.gone())
        .map(|addr| format!("!{addr}"));
    let words = gone.chain(batch.changes.iter().map(word));
    words.collect::<Vec<_>>().join(" ")
}

pub(crate) fn reply(reply: &Reply) -> String {
    match reply {
        Reply::Ack(Ok(ack)) => format!("ack as of {}", ack.stamp),
        Reply::Found(Ok(found)) => format!(
            "{} is at {} ({}) as of {}",
            found.decision.group, found.decision.coordinator, found.decision.stamp, found.as_of
        ),
        other => format!("{other:?}"),
    }
}
