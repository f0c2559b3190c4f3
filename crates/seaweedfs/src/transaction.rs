use std::time::Duration;

use groupkeeper_assignment_store::{Change, Commit, Expected, LeaderRecord};
use groupkeeper_types::WallTime;
use md5::{Digest, Md5};
use prost::Message;
use tonic::Request;

use crate::assignment_file;
use crate::failure::{Failure, shown};
use crate::filer::Filer;
use crate::layout::{Layout, Place, hex};
use crate::proto::filer_pb::object_mutation::Type;
use crate::proto::filer_pb::write_condition::{Clause, Kind};
use crate::proto::filer_pb::{
    Entry, FilerError, FuseAttributes, ObjectMutation, ObjectTransactionRequest, WriteCondition,
};
use crate::witness::mark;

/// Whether a transaction's condition held; if not, it changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    Refused,
}

/// A file that is moved out of the way: the new one, and the removal of the old.
#[derive(Debug, Clone)]
pub(crate) struct Aside {
    to: ObjectMutation,
    from: ObjectMutation,
}

impl Aside {
    /// Moves an entry with all that belongs to it, and notes beside it where it stood and why it could
    /// not stay.
    pub(crate) fn new(from: &Place, to: &Place, entry: Entry, why: &str) -> Self {
        let mut entry = Entry {
            name: to.name.clone(),
            ..entry
        };
        let mut note = |key: &str, text: &str| {
            entry
                .extended
                .insert(key.to_owned(), text.as_bytes().to_vec());
        };
        note("groupkeeper-from", &from.path());
        note("groupkeeper-why", why);
        Self {
            to: ObjectMutation {
                r#type: Type::Put.into(),
                directory: to.directory.clone(),
                entry: Some(entry),
                ..ObjectMutation::default()
            },
            from: ObjectMutation {
                // Its data goes on as the other's.
                is_delete_data: false,
                ..delete(from.clone())
            },
        }
    }
}

/// Changes that are made, in order, only where the leader record is the expected one.
#[derive(Debug, Clone)]
pub(crate) struct Transaction(ObjectTransactionRequest);

impl Transaction {
    /// One without changes: asks whether the record is the expected one.
    ///
    /// Every one locks the same path, and has no route key: the filer that is asked decides.
    pub(crate) fn check(layout: &Layout, expected: &Expected) -> Self {
        let clause = match expected {
            Expected::DoesNotExist => Clause {
                kind: Kind::IfNotExists.into(),
                etags: Vec::new(),
            },
            Expected::Matches(record) => Clause {
                kind: Kind::IfEtagMatch.into(),
                etags: vec![etag(record)],
            },
        };
        Self(ObjectTransactionRequest {
            lock_key: layout.record.path(),
            condition: Some(WriteCondition {
                clauses: vec![clause],
            }),
            mutations: Vec::new(),
        })
    }

    pub(crate) fn begin(layout: &Layout, expected: &Expected, next: &LeaderRecord) -> Self {
        let mut transaction = Self::check(layout, expected);
        transaction
            .0
            .mutations
            .push(put(&layout.record, next.encode()));
        transaction
    }

    /// A commit; `aside` has what it sets aside, as read before.
    pub(crate) fn commit(layout: &Layout, commit: &Commit, aside: Vec<Aside>) -> Self {
        let expected = Expected::Matches(commit.expected().clone());
        let mut transaction = Self::check(layout, &expected);
        let mutations = &mut transaction.0.mutations;
        for change in commit.changes() {
            match change {
                Change::Assign(assignment) => mutations.push(put(
                    &layout.assignment(&assignment.group),
                    assignment_file::encode(assignment),
                )),
                Change::Unassign(group) => mutations.push(delete(layout.assignment(group))),
                Change::Admit(gateway) => {
                    mutations.push(put(&layout.gateway(gateway.addr()), gateway.encode()));
                }
                Change::Dismiss(addr) => {
                    mutations.push(delete(layout.gateway(addr)));
                    mutations.extend(layout.gateway_as_written(addr).map(delete));
                }
                Change::SetAside(_) => {}
            }
        }
        for Aside { from, to } in aside {
            transaction.0.mutations.push(to);
            transaction.0.mutations.push(from);
        }
        // Last: whoever finds the new record finds every change before it.
        transaction
            .0
            .mutations
            .push(put(&layout.record, commit.next().encode()));
        transaction
    }

    /// How many bytes it has on the wire.
    pub(crate) fn len(&self) -> usize {
        self.0.encoded_len()
    }

    /// Asks the filer that decides. The filer, too, gives up when this time is over: a change that it
    /// makes later could come when another one decides.
    ///
    /// # Errors
    /// When the filer does not say: it may then be done, be half done, or yet be done.
    pub(crate) async fn ask(
        &self,
        layout: &Layout,
        filer: &Filer,
        within: Duration,
    ) -> Result<Verdict, Failure> {
        let at = &filer.address;
        let mut client = filer
            .client()
            .map_err(|e| Failure::Unavailable(format!("{at}: {e}")))?;
        let mut transaction = self.0.clone();
        let record = transaction.mutations.last_mut();
        if let Some(record) = record.and_then(|last| last.entry.as_mut()) {
            mark(record, at);
            let content = record.content.clone();
            // After the record: whoever has copied this file has copied that too.
            let decided = put(&layout.decided(at), content);
            transaction.mutations.push(decided);
        }
        let mut request = Request::new(transaction);
        request.set_timeout(within);
        let answer = client.object_transaction(request).await;
        let answer = answer
            .map_err(|status| Failure::from_status(at, &status))?
            .into_inner();
        if answer.error_code == i32::from(FilerError::PreconditionFailed) {
            return Ok(Verdict::Refused);
        }
        if answer.error_code != i32::from(FilerError::Ok) || !answer.error.is_empty() {
            let (code, error) = (answer.error_code, shown(&answer.error));
            return Err(Failure::Unavailable(format!(
                "filer {at}: error {code}: {error}"
            )));
        }
        Ok(Verdict::Done)
    }
}

/// The filer makes an entry's ETag from the digest that is written with it.
fn etag(record: &LeaderRecord) -> String {
    hex(&Md5::digest(record.encode()))
}

fn put(place: &Place, content: Vec<u8>) -> ObjectMutation {
    ObjectMutation {
        r#type: Type::Put.into(),
        directory: place.directory.clone(),
        entry: Some(file(&place.name, content)),
        ..ObjectMutation::default()
    }
}

/// A file with its content beside its name.
fn file(name: &str, content: Vec<u8>) -> Entry {
    let now = WallTime::now().as_millis().div_euclid(1_000);
    Entry {
        name: name.to_owned(),
        is_directory: false,
        attributes: Some(FuseAttributes {
            file_size: u64::try_from(content.len()).unwrap_or(u64::MAX),
            mtime: now,
            file_mode: 0o644,
            crtime: now,
            md5: Md5::digest(&content).to_vec(),
        }),
        content,
        ..Entry::default()
    }
}

fn delete(place: Place) -> ObjectMutation {
    ObjectMutation {
        r#type: Type::Delete.into(),
        directory: place.directory,
        name: place.name,
        is_delete_data: true,
        ..ObjectMutation::default()
    }
}
