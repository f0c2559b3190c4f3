use crate::groups::{Assignment, GroupError, SyncGroup, Synced};
use crate::wire::{Malformed, Reader, Writer};

/// Reads the group's name and the request.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    max_members: usize,
) -> Result<(&'a str, SyncGroup<'a>), Malformed> {
    let group = reader.string("the group")?;
    let generation = reader.i32()?;
    let member_id = reader.string("the member ID")?;
    let group_instance_id = if version >= 3 {
        reader.nullable_string()?
    } else {
        None
    };
    let (protocol_type, protocol) = if version >= 5 {
        (reader.nullable_string()?, reader.nullable_string()?)
    } else {
        (None, None)
    };
    let count = reader.array("assignments", max_members, 2)?;
    let mut assignments = Vec::with_capacity(count);
    for _ in 0..count {
        let member_id = reader.string("a member ID")?;
        let assignment = reader.bytes("an assignment")?;
        reader.tags()?;
        assignments.push(Assignment {
            member_id,
            assignment,
        });
    }
    reader.tags()?;
    let request = SyncGroup {
        generation,
        member_id,
        group_instance_id,
        protocol_type,
        protocol,
        assignments,
    };
    Ok((group, request))
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
