use super::flaw::{Flaw, Group};
use crate::groups::{GroupError, Heartbeat};
use crate::wire::{Malformed, Reader, Writer};

/// Reads the group's name and the request.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
) -> Result<(Group<'a>, Heartbeat<'a>), Malformed> {
    let mut flaw = Flaw::default();
    let group = reader.string("the group")?;
    let generation = reader.i32()?;
    let member_id = flaw.member_id(reader.string("the member ID")?);
    let group_instance_id = if version >= 3 {
        flaw.optional(reader.nullable_string()?)
    } else {
        None
    };
    reader.tags()?;
    let request = Heartbeat {
        generation,
        member_id,
        group_instance_id,
    };
    Ok((flaw.group(group), request))
}

pub(crate) fn write(writer: &mut Writer<'_>, version: i16, answer: &Result<(), GroupError>) {
    if version >= 1 {
        writer.i32(0);
    }
    writer.i16(GroupError::code(answer));
    writer.no_tags();
}
