use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groupkeeper_groups::{GroupRecord, Head, Save};
use redb::ReadableTable;
use tokio::sync::oneshot;

use crate::database::Database;
use crate::failure::Failure;
use crate::opened::End;
use crate::tables::GROUPS;

/// Writes of groups that wait for the disk. What is there when its turn comes is made in one
/// transaction, since the disk takes as long for one as for many.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupWrites(Arc<Mutex<VecDeque<Waiting>>>);

#[derive(Debug)]
struct Waiting {
    fleet: Arc<str>,
    save: Save,
    answer: oneshot::Sender<Written>,
}

/// What became of a write.
#[derive(Debug)]
pub(crate) enum Written {
    Confirmed,
    /// The record that stands instead, where it can be read.
    Stale(Option<Head>),
}

/// What became of the writes of one transaction, and who is to hear of it.
type Made = Vec<(oneshot::Sender<Written>, Written)>;

/// Writes in one transaction.
const TOGETHER: usize = 512;
/// Writes that wait: more come only where the disk hangs and many groups are served.
const MOST_WAITING: usize = 200_000;

impl GroupWrites {
    /// Makes a write, together with those that come meanwhile. Each is confirmed or refused by itself.
    /// One whose caller has gone may take effect.
    pub(crate) async fn make(
        &self,
        database: &Database,
        fleet: &Arc<str>,
        save: &Save,
    ) -> Result<Written, Failure> {
        let (sender, mut answer) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            if waiting.len() >= MOST_WAITING {
                return Err(Failure::Crowded);
            }
            waiting.push_back(Waiting {
                fleet: Arc::clone(fleet),
                save: save.clone(),
                answer: sender,
            });
        }
        loop {
            let turn = database.write_and_tell(
                {
                    let writes = self.clone();
                    move |transaction| writes.make_all(transaction)
                },
                |made: Made| {
                    for (sender, written) in made {
                        // Its caller may have gone.
                        drop(sender.send(written));
                    }
                },
            );
            tokio::select! {
                biased;
                answered = &mut answer => return answered.map_err(|_| Failure::Unanswered),
                made = turn => made?,
            }
            // Its turn has not come where many wait.
            match answer.try_recv() {
                Ok(written) => return Ok(written),
                Err(oneshot::error::TryRecvError::Empty) => {}
                Err(oneshot::error::TryRecvError::Closed) => return Err(Failure::Unanswered),
            }
        }
    }

    fn make_all(&self, transaction: &redb::WriteTransaction) -> Result<End<Made>, redb::Error> {
        let mut changed = false;
        let mut made = Made::new();
        let together: Vec<Waiting> = {
            let mut waiting = self.waiting();
            let count = waiting.len().min(TOGETHER);
            waiting.drain(..count).collect()
        };
        if together.is_empty() {
            return Ok(End::Abort(made));
        }
        let mut groups = transaction.open_table(GROUPS)?;
        for Waiting {
            fleet,
            save,
            answer,
        } in together
        {
            let (written, changes) = replace(&mut groups, &fleet, &save)?;
            changed |= changes;
            made.push((answer, written));
        }
        drop(groups);
        Ok(if changed {
            End::Commit(made)
        } else {
            End::Abort(made)
        })
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Compares the head that stands, and replaces the record; also whether that changed anything. A record
/// that can't be read is neither absent nor the one that is expected.
fn replace(
    groups: &mut redb::Table<'_, (&'static str, &'static str), &'static [u8]>,
    fleet: &str,
    save: &Save,
) -> Result<(Written, bool), redb::Error> {
    let key = (fleet, save.group().as_str());
    let found = groups.get(key)?.map(|found| found.value().to_vec());
    let next = save.next().encode();
    if found.as_ref() == Some(&next) {
        return Ok((Written::Confirmed, false));
    }
    let Ok(record) = found.as_deref().map(GroupRecord::decode).transpose() else {
        return Ok((Written::Stale(None), false));
    };
    let head = record.map(|record| record.head);
    if head.as_ref() != save.expected() {
        return Ok((Written::Stale(head), false));
    }
    groups.insert(key, &*next)?;
    Ok((Written::Confirmed, true))
}
