use crate::groups::{Described, GroupError, GroupState};
use crate::wire::{List, Malformed, Reader, Text, Writer};

/// Says that authorized operations are not told.
const OPERATIONS_OMITTED: i32 = i32::MIN;

/// Reads the groups' names.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
) -> Result<List<'a, Text<'a>>, Malformed> {
    let count = reader.array("groups", 1)?;
    let groups = List::read(reader, count, version)?;
    if version >= 3 {
        reader.bool()?;
    }
    reader.tags()?;
    Ok(groups)
}

/// Writes what was answered for each group, in the order of the request. Without an answer there were
/// too many.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    groups: &List<'_, Text<'_>>,
    answers: &[Result<Described, GroupError>],
) {
    if version >= 1 {
        writer.i32(0);
    }
    writer.array(groups.iter().enumerate(), |writer, (place, group)| {
        let too_many = Err(GroupError::PolicyViolation);
        let answer = answers.get(place).unwrap_or(&too_many);
        write_group(writer, version, group, answer, place == 0);
    });
    writer.no_tags();
}

fn write_group(
    writer: &mut Writer<'_>,
    version: i16,
    group: Text<'_>,
    answer: &Result<Described, GroupError>,
    is_first: bool,
) {
    let described = answer.as_ref().ok();
    let mut error = answer.as_ref().err().copied();
    if version >= 6 && described.is_some_and(|group| group.state == GroupState::Dead) {
        error = Some(GroupError::GroupIdNotFound);
    }
    writer.i16(error.map_or(0, GroupError::number));
    if version >= 6 {
        // What is wrong with the whole of a long request is told once.
        let told = error.filter(|error| is_first || *error != GroupError::PolicyViolation);
        let message = told.map(|error| error.to_string());
        writer.nullable_string(message.as_deref());
    }
    writer.name(group);
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
