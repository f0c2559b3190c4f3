use super::flaw::{Flaw, Group};
use crate::groups::{Assignment, GroupError, SyncGroup, Synced};
use crate::wire::{Malformed, Reader, Writer};

/// Reads the group's name and the request.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    max_members: usize,
) -> Result<(Group<'a>, SyncGroup<'a>), Malformed> {
    let mut flaw = Flaw::default();
    let group = reader.string("the group")?;
    let generation = reader.i32()?;
    let member_id = flaw.member_id(reader.string("the member ID")?);
    let group_instance_id = if version >= 3 {
        flaw.optional(reader.nullable_string()?)
    } else {
        None
    };
    let (protocol_type, protocol) = if version >= 5 {
        let protocol_type = flaw.optional(reader.nullable_string()?);
        (protocol_type, flaw.optional(reader.nullable_string()?))
    } else {
        (None, None)
    };
    let count = reader.array("assignments", 2)?;
    let assignments = flaw.keep(count, max_members, |flaw| {
        let member_id = reader.string("a member ID")?;
        let member_id = flaw.text(member_id, GroupError::InvalidRequest);
        let assignment = reader.bytes("an assignment")?;
        reader.tags()?;
        Ok(Assignment {
            member_id,
            assignment,
        })
    })?;
    reader.tags()?;
    let request = SyncGroup {
        generation,
        member_id,
        group_instance_id,
        protocol_type,
        protocol,
        assignments,
    };
    Ok((flaw.group(group), request))
}

pub(crate) fn write(writer: &mut Writer<'_>, version: i16, answer: &Result<Synced, GroupError>) {
    if version >= 1 {
        writer.i32(0);
    }
    writer.i16(GroupError::code(answer));
    let synced = answer.as_ref().ok();
    if version >= 5 {
        writer.nullable_string(synced.map(|synced| synced.protocol_type.as_str()));
        writer.nullable_string(synced.map(|synced| synced.protocol.as_str()));
    }
    writer.bytes(synced.map_or(&[], |synced| &synced.assignment));
    writer.no_tags();
}
