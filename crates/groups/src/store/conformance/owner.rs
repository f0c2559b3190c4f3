use groupkeeper_types::{Epoch, GroupName, Nonce, Revision, Stamp, WallTime};

use crate::record::{GroupBody, GroupRecord, Head, OffsetRecord};
use crate::store::{GroupStore, GroupWriteError, Save};

pub(super) fn name(group: &str) -> GroupName {
    GroupName::new(group).expect("a case names a group")
}

/// A group that has got so far.
pub(super) fn at(offset: i64) -> GroupBody {
    GroupBody {
        offsets: vec![OffsetRecord {
            topic: "topic".to_owned(),
            partition: 0,
            offset,
            leader_epoch: -1,
            metadata: String::new(),
            committed_at: WallTime::EPOCH,
        }],
        ..GroupBody::default()
    }
}

/// Whoever owns a group under a token, and what it knows of the record.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    group: GroupName,
    token: Stamp,
    pub(super) standing: Option<Head>,
    nonce: u64,
}

impl Owner {
    pub(super) fn new(group: &str, token: u64) -> Self {
        Self {
            group: name(group),
            token: Stamp::new(Epoch::new(1), Revision::new(token)),
            standing: None,
            nonce: token * 1_000_000,
        }
    }

    /// Reads where the record stands.
    pub(super) async fn read(mut self, store: &dyn GroupStore) -> Self {
        self.standing = load(store, &self.group).await.map(|record| record.head);
        self
    }

    /// A write of its own, which it has not made.
    pub(super) fn prepare(&mut self, offset: i64) -> Save {
        self.nonce += 1;
        let nonce = Nonce::new(self.nonce);
        let save = Save::new(
            self.standing,
            self.group.clone(),
            self.token,
            nonce,
            at(offset),
        );
        save.expect("the case has a greater token")
    }

    pub(super) async fn save(
        &mut self,
        store: &dyn GroupStore,
        offset: i64,
    ) -> Result<(), GroupWriteError> {
        let save = self.prepare(offset);
        store.save(&save).await?;
        self.standing = Some(save.next().head);
        Ok(())
    }
}

pub(super) async fn load(store: &dyn GroupStore, group: &GroupName) -> Option<GroupRecord> {
    let loaded = store.load(group).await;
    loaded.expect("the store can be read")
}

/// How far a group has got.
pub(super) async fn offset(store: &dyn GroupStore, group: &str) -> Option<i64> {
    let record = load(store, &name(group)).await?;
    record.body.offsets.first().map(|it| it.offset)
}

pub(super) fn is_stale(answer: &Result<(), GroupWriteError>) -> bool {
    matches!(answer, Err(GroupWriteError::Stale { .. }))
}
