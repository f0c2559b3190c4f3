//! The task of one group: reads it, writes it, and lets its time pass.

use std::sync::Arc;
use std::time::Duration;

use groupkeeper_types::Nonce;
use tokio::time::sleep;

use super::groups::Shared;
use super::slot::{Next, Slot};
use crate::calls::GroupError;
use crate::machine::Machine;
use crate::record::{GroupBody, Head};
use crate::store::{GroupReadError, GroupWriteError, Save};

/// How soon a group is dropped that is not this gateway's any more.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long the first repetition of a write waits, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Serves a group until it is not owned any more, was not used, or its store refuses.
pub(super) async fn run(shared: Arc<Shared>, slot: Arc<Slot>) {
    let why = match load(&shared, &slot).await {
        Ok(standing) => serve(&shared, &slot, standing).await,
        Err(error) => Some(error),
    };
    slot.end(why);
    shared.forget(&slot);
}

/// Reads the record, and gives the head that stands.
async fn load(shared: &Shared, slot: &Slot) -> Result<Option<Head>, GroupError> {
    let group = slot.group();
    let permit = shared.loads.acquire().await;
    let loaded = shared.store.load(group).await;
    drop(permit);
    let record = loaded.map_err(|error| refused_read(slot, &error))?;
    let head = record.as_ref().map(|record| record.head);
    if head.is_some_and(|head| head.token > slot.token()) {
        return Err(GroupError::NotCoordinator);
    }
    let config = shared.config.clone();
    slot.serve(match record {
        None => Machine::new(config),
        Some(record) => {
            let members = record.body.members.len();
            tracing::debug!(%group, members, "taken over");
            Machine::restored(config, record.body, shared.now())
        }
    });
    Ok(head)
}

fn refused_read(slot: &Slot, error: &GroupReadError) -> GroupError {
    let group = slot.group();
    match error {
        GroupReadError::Unavailable { .. } => {
            tracing::warn!(%group, %error, "the group can't be served yet");
            GroupError::CoordinatorLoadInProgress
        }
        GroupReadError::Unreadable { .. } | GroupReadError::Unsupported { .. } => {
            tracing::error!(%group, %error, "the group can't be served");
            GroupError::CoordinatorNotAvailable
        }
    }
}

/// Writes what there is to write, one write after the other, and lets time pass in between.
async fn serve(shared: &Shared, slot: &Slot, mut standing: Option<Head>) -> Option<GroupError> {
    loop {
        if !slot.is_owned() {
            return Some(GroupError::NotCoordinator);
        }
        let now = shared.now();
        match slot.next(now) {
            Next::End => return None,
            Next::Write(body) => match write(shared, slot, standing, body).await {
                Ok(head) => {
                    standing = Some(head);
                    slot.written(shared.clock.now());
                }
                Err(error) => return Some(error),
            },
            Next::Wait(until) => {
                let span = until.since(now.moment).min(LOOK_AGAIN);
                tokio::select! {
                    () = slot.news.notified() => {}
                    () = sleep(span) => {}
                }
            }
        }
    }
}

/// Makes one write, however often it takes: one that is in doubt may land at any time, and must not
/// land after the next.
async fn write(
    shared: &Shared,
    slot: &Slot,
    standing: Option<Head>,
    body: GroupBody,
) -> Result<Head, GroupError> {
    let group = slot.group();
    let nonce = Nonce::random();
    let save = Save::new(standing, group.clone(), slot.token(), nonce, body);
    let save = save.ok_or(GroupError::NotCoordinator)?;
    let mut wait = FIRST_WAIT;
    loop {
        if !slot.is_owned() {
            return Err(GroupError::NotCoordinator);
        }
        let error = match shared.store.save(&save).await {
            Ok(()) => return Ok(save.next().head),
            Err(error) => error,
        };
        match &error {
            GroupWriteError::Unavailable { .. } => {
                tracing::warn!(%group, %error, "the group's write is repeated");
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            GroupWriteError::Stale { found } => {
                if found.is_some_and(|found| found.token > slot.token()) {
                    return Err(GroupError::NotCoordinator);
                }
                // A last write of the owner before came between reading and taking over.
                tracing::info!(%group, %error, "the group is read again");
                return Err(GroupError::CoordinatorLoadInProgress);
            }
            GroupWriteError::Unsupported { .. } => {
                tracing::error!(%group, %error, "the group can't be kept");
                return Err(GroupError::CoordinatorNotAvailable);
            }
        }
    }
}
