use crate::groups::GroupError;
use crate::wire::{Malformed, Text};

/// The group that a call names, or the error that the call is answered with whatever it asks for.
pub(crate) type Group<'a> = Result<&'a str, GroupError>;

/// The first thing that is wrong with the whole of a group call, which can be read nevertheless. Its
/// client hears of it as of any other error; a closed connection would tell it nothing.
#[derive(Debug, Default)]
pub(crate) struct Flaw(Option<GroupError>);

impl Flaw {
    /// The group, where it has a name and nothing is wrong.
    pub(crate) fn group(self, name: Text<'_>) -> Group<'_> {
        let name = name.utf8().ok_or(GroupError::InvalidGroupId)?;
        self.0.map_or(Ok(name), Err)
    }

    /// The error, where no group is named.
    pub(crate) const fn error(&self) -> Option<GroupError> {
        self.0
    }

    /// A text. For one that is not UTF-8 the call is answered with this error.
    pub(crate) fn text<'a>(&mut self, text: Text<'a>, otherwise: GroupError) -> &'a str {
        text.utf8().unwrap_or_else(|| {
            self.0.get_or_insert(otherwise);
            ""
        })
    }

    /// The ID of a member. No coordinator gives out one that is not UTF-8.
    pub(crate) fn member_id<'a>(&mut self, id: Text<'a>) -> &'a str {
        self.text(id, GroupError::UnknownMemberId)
    }

    /// As [`text`](Self::text), of what only a client's configuration can have got wrong: a call
    /// without a better error.
    pub(crate) fn optional<'a>(&mut self, text: Option<Text<'a>>) -> Option<&'a str> {
        text.map(|text| self.text(text, GroupError::InvalidRequest))
    }

    /// A call that names more than it may is refused as a whole.
    pub(crate) fn bound(&mut self, count: usize, max: usize) {
        if count > max {
            self.0.get_or_insert(GroupError::PolicyViolation);
        }
    }

    /// Reads so many elements, and keeps them where they are no more than `max`.
    pub(crate) fn keep<T>(
        &mut self,
        count: usize,
        max: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        self.bound(count, max);
        let mut kept = Vec::with_capacity(if count > max { 0 } else { count });
        for _ in 0..count {
            let element = read(self)?;
            if count <= max {
                kept.push(element);
            }
        }
        Ok(kept)
    }
}
