use crate::groups::GroupError;
use crate::wire::{List, Malformed, Reader, Text, Writer};

/// Reads the groups' names.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
) -> Result<List<'a, Text<'a>>, Malformed> {
    let count = reader.array("groups", 1)?;
    let groups = List::read(reader, count, version)?;
    reader.tags()?;
    Ok(groups)
}

/// Writes what became of each group, in the order of the request. Without an answer there were too
/// many.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    groups: &List<'_, Text<'_>>,
    answers: &[Result<(), GroupError>],
) {
    writer.i32(0);
    writer.array(groups.iter().enumerate(), |writer, (place, group)| {
        let too_many = Err(GroupError::PolicyViolation);
        let answer = answers.get(place).unwrap_or(&too_many);
        writer.name(group);
        writer.i16(GroupError::code(answer));
        writer.no_tags();
    });
    writer.no_tags();
}
