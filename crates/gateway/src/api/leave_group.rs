use crate::groups::{GroupError, LeaveGroup, LeavingMember};
use crate::wire::{Malformed, Reader, Writer};

/// What is answered: one outcome a member, or what stands for all of them.
pub(crate) type Left = Result<Vec<Result<(), GroupError>>, GroupError>;

/// Reads the group's name and the request.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    max_members: usize,
) -> Result<(&'a str, LeaveGroup<'a>), Malformed> {
    let group = reader.string("the group")?;
    let members = if version >= 3 {
        let count = reader.array("members", max_members, 3)?;
        let mut members = Vec::with_capacity(count);
        for _ in 0..count {
            members.push(LeavingMember {
                member_id: reader.string("a member ID")?,
                group_instance_id: reader.nullable_string()?,
                reason: if version >= 5 {
                    reader.nullable_string()?
                } else {
                    None
                },
            });
            reader.tags()?;
        }
        members
    } else {
        vec![LeavingMember {
            member_id: reader.string("the member ID")?,
            group_instance_id: None,
            reason: None,
        }]
    };
    reader.tags()?;
    Ok((group, LeaveGroup { members }))
}

/// Writes the answer. Up to version 2 the one member's outcome stands for all.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    members: &[LeavingMember<'_>],
    answer: &Left,
) {
    if version >= 1 {
        writer.i32(0);
    }
    let outcome = |place| match answer {
        Ok(outcomes) => outcomes
            .get(place)
            .copied()
            .unwrap_or(Err(GroupError::Unknown)),
        Err(error) => Err(*error),
    };
    if version < 3 {
        writer.i16(GroupError::code(&outcome(0)));
        return;
    }
    writer.i16(GroupError::code(answer));
    // As Kafka: an error that stands for all names nobody.
    let named = if answer.is_ok() { members } else { &[] };
    writer.array(named.iter().enumerate(), |writer, (place, member)| {
        writer.string(member.member_id);
        writer.nullable_string(member.group_instance_id);
        writer.i16(GroupError::code(&outcome(place)));
        writer.no_tags();
    });
    writer.no_tags();
}
