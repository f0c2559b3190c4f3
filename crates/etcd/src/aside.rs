use groupkeeper_assignment_store::Change;
use groupkeeper_types::Stamp;

use crate::failure::Failure;
use crate::proto::RangeRequest;
use crate::reads::assignment;
use crate::shared::Shared;
use crate::transaction::{delete, put, unchanged_since};
use crate::units::Unit;

/// Something that can't be read, as it stood, and where it goes.
#[derive(Debug)]
pub(crate) struct Aside {
    from: Vec<u8>,
    to: Vec<u8>,
    value: Vec<u8>,
    revision: i64,
}

impl Aside {
    /// Moves it, unless somebody has written there since it was looked at.
    pub(crate) fn unit(self) -> Unit {
        Unit {
            operations: vec![
                put(self.to.clone(), self.value, 0),
                delete(self.from.clone()),
            ],
            guards: vec![unchanged_since(self.from.clone(), self.revision)],
            keys: vec![self.to, self.from],
        }
    }
}

impl Shared {
    /// What stands at a key and is to be set aside; `None` where nothing does, or it can be read.
    pub(crate) async fn aside(&self, from: Vec<u8>, at: Stamp) -> Result<Option<Aside>, Failure> {
        let Some(found) = self.read(from.clone()).await? else {
            return Ok(None);
        };
        let groups = self.layout.groups();
        let name = groups.name(&from).unwrap_or_default();
        if assignment(name, &found.value).is_ok() {
            return Ok(None);
        }
        Ok(Some(Aside {
            to: self.layout.put_aside(name, at),
            value: found.value,
            revision: found.mod_revision,
            from,
        }))
    }

    /// Why so many more can't be set aside; `None` where they can.
    pub(crate) async fn no_room_aside(&self, more: usize) -> Result<Option<String>, Failure> {
        if more == 0 {
            return Ok(None);
        }
        let folder = self.layout.aside();
        let ask = self.ask(self.read_plan(), |caller| {
            let all = RangeRequest {
                key: folder.start(),
                range_end: folder.end(),
                count_only: true,
                ..RangeRequest::default()
            };
            async move { caller.range(all).await }
        });
        let count = usize::try_from(ask.await?.count).unwrap_or(usize::MAX);
        let full = count.saturating_add(more) > Change::MAX_SET_ASIDE;
        let place = String::from_utf8_lossy(&folder.start()).into_owned();
        Ok(full.then(|| Change::too_many_set_aside(&place)))
    }
}
