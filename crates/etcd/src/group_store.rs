use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use groupkeeper_groups::{
    GroupReadError, GroupRecord, GroupStore, GroupWriteError, ListedGroup, Save,
};
use groupkeeper_types::GroupName;

use crate::Etcd;
use crate::failure::{Failure, Kind};
use crate::listing::entries_from;
use crate::proto::KeyValue;
use crate::transaction::{Verdict, is_absent, put, transaction, unchanged_since};

fn read_error(failure: Failure) -> GroupReadError {
    match failure.kind {
        Kind::Unsupported | Kind::AnswerTooLarge => GroupReadError::Unsupported {
            why: failure.to_string(),
        },
        _ => GroupReadError::unavailable(failure),
    }
}

/// Of a write that etcd takes for too large no attempt has changed anything.
fn write_error(failure: Failure) -> GroupWriteError {
    match failure.kind {
        Kind::TooLarge => GroupWriteError::Unsupported {
            why: failure.to_string(),
        },
        _ => GroupWriteError::unavailable(failure),
    }
}

/// What a write comes to where this stands: `None` where it is to be made.
fn settled(save: &Save, found: Option<&KeyValue>) -> Option<Result<(), GroupWriteError>> {
    let head = match found.map(|found| GroupRecord::decode_of(save.group(), &found.value)) {
        None => None,
        Some(Ok(record)) => Some(record.head),
        // Nobody knows what it would be written over.
        Some(Err(_)) => return Some(Err(GroupWriteError::Stale { found: None })),
    };
    if head == Some(save.next().head) {
        return Some(Ok(()));
    }
    let stands = head.as_ref() == save.expected();
    (!stands).then_some(Err(GroupWriteError::Stale { found: head }))
}

/// Each group is one key. A write reads it, and replaces what it has read in a transaction that holds only
/// where nobody has written since.
#[async_trait]
impl GroupStore for Etcd {
    async fn load(&self, group: &GroupName) -> Result<Option<GroupRecord>, GroupReadError> {
        let key = self.shared.layout.member_group(group);
        let found = self.shared.read(key).await.map_err(read_error)?;
        let record = found
            .map(|found| GroupRecord::decode_of(group, &found.value))
            .transpose();
        record.map_err(|why| GroupReadError::Unreadable {
            what: format!("the group {group}"),
            why: why.to_string(),
        })
    }

    async fn save(&self, save: &Save) -> Result<(), GroupWriteError> {
        let key = self.shared.layout.member_group(save.group());
        let found = self.shared.read(key.clone()).await.map_err(write_error)?;
        if let Some(settled) = settled(save, found.as_ref()) {
            return settled;
        }
        let unchanged = found.map_or_else(
            || is_absent(key.clone()),
            |found| unchanged_since(key.clone(), found.mod_revision),
        );
        let put = put(key.clone(), save.next().encode(), 0);
        let write = transaction(vec![unchanged], vec![put], key);
        match self.shared.transact(&write).await.map_err(write_error)? {
            Verdict::Done => Ok(()),
            // An attempt whose answer was lost may have made it, or somebody else has written.
            Verdict::Otherwise(found) => settled(save, found.as_ref()).unwrap_or_else(|| {
                let why = "the group's record was replaced, and stands again as it was";
                Err(GroupWriteError::unavailable(why))
            }),
        }
    }

    async fn list(
        &self,
        after: Option<GroupName>,
        at_most: usize,
    ) -> Result<Vec<ListedGroup>, GroupReadError> {
        let folder = self.shared.layout.member_groups();
        let from = after.map_or_else(
            || folder.start(),
            |group| {
                let mut from = self.shared.layout.member_group(&group);
                from.push(0);
                from
            },
        );
        let mut entries = entries_from(Arc::clone(&self.shared), &folder, from);
        let mut listed = Vec::new();
        while listed.len() < at_most {
            let Some(entry) = entries.try_next().await.map_err(read_error)? else {
                break;
            };
            let name = folder.name(&entry.key);
            let name = name.and_then(|name| std::str::from_utf8(name).ok());
            // A key that is no group's name is not of ours.
            if let Some(group) = name.and_then(|name| GroupName::new(name).ok()) {
                let record = GroupRecord::decode_of(&group, &entry.value);
                listed.push(ListedGroup::of(group, &record));
            }
        }
        Ok(listed)
    }
}
