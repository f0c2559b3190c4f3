use crate::groups::{Described, GroupError, GroupState};
use crate::wire::{Malformed, Reader, Writer};

/// Says that authorized operations are not told.
const OPERATIONS_OMITTED: i32 = i32::MIN;

/// Reads the groups' names.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    max_groups: usize,
) -> Result<Vec<&'a str>, Malformed> {
    let count = reader.array("groups", max_groups, 1)?;
    let mut groups = Vec::with_capacity(count);
    for _ in 0..count {
        groups.push(reader.string("a group")?);
    }
    if version >= 3 {
        reader.bool()?;
    }
    reader.tags()?;
    Ok(groups)
}

/// Writes what was answered for each group, in the order of the request.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    groups: &[&str],
    answers: &[Result<Described, GroupError>],
) {
    if version >= 1 {
        writer.i32(0);
    }
    writer.array(groups.iter().zip(answers), |writer, (group, answer)| {
        write_group(writer, version, group, answer);
    });
    writer.no_tags();
}

fn write_group(
    writer: &mut Writer<'_>,
    version: i16,
    group: &str,
    answer: &Result<Described, GroupError>,
) {
    let described = answer.as_ref().ok();
    let mut error = answer.as_ref().err().copied();
    if version >= 6 && described.is_some_and(|group| group.state == GroupState::Dead) {
        error = Some(GroupError::GroupIdNotFound);
    }
    writer.i16(error.map_or(0, GroupError::number));
    if version >= 6 {
        let message = error.map(|error| error.to_string());
        writer.nullable_string(message.as_deref());
    }
    writer.string(group);
    writer.string(described.map_or("", |group| group.state.as_str()));
    writer.string(described.map_or("", |group| &group.protocol_type));
    writer.string(described.map_or("", |group| &group.protocol));
    let members = described.map_or(&[][..], |group| &group.members);
    writer.array(members.iter(), |writer, member| {
        writer.string(&member.member_id);
        if version >= 4 {
            writer.nullable_string(member.group_instance_id.as_deref());
        }
        writer.string(&member.client_id);
        writer.string(&member.client_host);
        writer.bytes(&member.metadata);
        writer.bytes(&member.assignment);
        writer.no_tags();
    });
    if version >= 3 {
        writer.i32(OPERATIONS_OMITTED);
    }
    writer.no_tags();
}
