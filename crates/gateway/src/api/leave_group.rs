use super::flaw::{Flaw, Group};
use crate::groups::{GroupError, LeaveGroup, LeavingMember};
use crate::wire::{Element, List, Malformed, Reader, Text, Writer};

/// What is answered: one outcome for each member that can be one, or what stands for all of them.
pub(crate) type Left = Result<Vec<Result<(), GroupError>>, GroupError>;

/// A member as the client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    member_id: Text<'a>,
    group_instance_id: Option<Text<'a>>,
    reason: Option<Text<'a>>,
}

impl<'a> Element<'a> for Named<'a> {
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed> {
        let member_id = reader.string("a member ID")?;
        let group_instance_id = if version >= 3 {
            reader.nullable_string()?
        } else {
            None
        };
        let reason = if version >= 5 {
            reader.nullable_string()?
        } else {
            None
        };
        if version >= 3 {
            reader.tags()?;
        }
        Ok(Self {
            member_id,
            group_instance_id,
            reason,
        })
    }
}

impl<'a> Named<'a> {
    /// The same, where a member can have such a name.
    fn member(self) -> Option<LeavingMember<'a>> {
        let group_instance_id = match self.group_instance_id {
            Some(id) => Some(id.utf8()?),
            None => None,
        };
        Some(LeavingMember {
            member_id: self.member_id.utf8()?,
            group_instance_id,
            reason: self.reason.and_then(Text::utf8),
        })
    }
}

/// Reads the group's name, the request, and the members as they are named: exactly one up to version
/// 2.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    max_members: usize,
) -> Result<(Group<'a>, LeaveGroup<'a>, List<'a, Named<'a>>), Malformed> {
    let group = reader.string("the group")?;
    let count = if version >= 3 {
        reader.array("members", 3)?
    } else {
        1
    };
    let named = List::<Named<'_>>::read(reader, count, version)?;
    reader.tags()?;
    let mut flaw = Flaw::default();
    flaw.bound(count, max_members);
    let group = flaw.group(group);
    let mut members = Vec::new();
    if group.is_ok() {
        members.extend(named.iter().filter_map(Named::member));
    }
    Ok((group, LeaveGroup { members }, named))
}

/// Writes the answer. Up to version 2 the one member's outcome stands for all.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    named: &List<'_, Named<'_>>,
    answer: &Left,
) {
    if version >= 1 {
        writer.i32(0);
    }
    let mut places = 0..;
    let mut outcome = |member: Named<'_>| match answer {
        Err(error) => Err(*error),
        Ok(_) if member.member().is_none() => Err(GroupError::UnknownMemberId),
        Ok(outcomes) => {
            let place = places.next().and_then(|place: usize| outcomes.get(place));
            place.copied().unwrap_or(Err(GroupError::Unknown))
        }
    };
    if version < 3 {
        let only = named.iter().next().map_or(Ok(()), outcome);
        writer.i16(GroupError::code(&only));
        return;
    }
    writer.i16(GroupError::code(answer));
    // As Kafka: an error that stands for all names nobody.
    let listed = if answer.is_ok() { *named } else { List::EMPTY };
    writer.array(listed.iter(), |writer, member| {
        writer.name(member.member_id);
        writer.nullable_name(member.group_instance_id);
        writer.i16(GroupError::code(&outcome(member)));
        writer.no_tags();
    });
    writer.no_tags();
}
