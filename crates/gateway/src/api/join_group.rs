use std::time::Duration;

use super::flaw::{Flaw, Group};
use crate::groups::{GroupError, JoinAnswer, JoinGroup, Joined, Protocol};
use crate::wire::{Malformed, Reader, Text, Writer};

/// MEMBER_ID_REQUIRED.
const MEMBER_ID_REQUIRED: i16 = 79;

/// Reads the group's name and the request.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    version: i16,
    max_protocols: usize,
) -> Result<(Group<'a>, JoinGroup<'a>), Malformed> {
    let mut flaw = Flaw::default();
    let group = reader.string("the group")?;
    let session_timeout = timeout(reader.i32()?);
    let rebalance_timeout = if version >= 1 {
        timeout(reader.i32()?)
    } else {
        session_timeout
    };
    let member_id = flaw.member_id(reader.string("the member ID")?);
    let group_instance_id = if version >= 5 {
        flaw.optional(reader.nullable_string()?)
    } else {
        None
    };
    let protocol_type = reader.string("the protocol type")?;
    let protocol_type = flaw.text(protocol_type, GroupError::InvalidRequest);
    let count = reader.array("protocols", 2)?;
    let protocols = flaw.keep(count, max_protocols, |flaw| {
        let name = reader.string("a protocol")?;
        let name = flaw.text(name, GroupError::InvalidRequest);
        let metadata = reader.bytes("a protocol's metadata")?;
        reader.tags()?;
        Ok(Protocol { name, metadata })
    })?;
    let reason = if version >= 8 {
        reader.nullable_string()?.and_then(Text::utf8)
    } else {
        None
    };
    reader.tags()?;
    let request = JoinGroup {
        session_timeout,
        rebalance_timeout,
        member_id,
        group_instance_id,
        protocol_type,
        protocols,
        reason,
        takes_member_id: version >= 4,
        takes_skip_assignment: version >= 9,
    };
    Ok((flaw.group(group), request))
}

fn timeout(ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// Writes the answer; `member_id` is what the member called itself.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    member_id: &str,
    answer: &Result<JoinAnswer, GroupError>,
) {
    match answer {
        Ok(JoinAnswer::Joined(joined)) => write_joined(writer, version, 0, Some(joined), ""),
        Ok(JoinAnswer::MemberIdRequired(id)) => {
            write_joined(writer, version, MEMBER_ID_REQUIRED, None, id);
        }
        Err(error) => write_joined(writer, version, error.number(), None, member_id),
    }
}

fn write_joined(
    writer: &mut Writer<'_>,
    version: i16,
    error: i16,
    joined: Option<&Joined>,
    member_id: &str,
) {
    if version >= 2 {
        writer.i32(0);
    }
    writer.i16(error);
    writer.i32(joined.map_or(-1, |joined| joined.generation));
    let protocol = joined.map(|joined| joined.protocol.as_str());
    if version >= 7 {
        writer.nullable_string(joined.map(|joined| joined.protocol_type.as_str()));
        writer.nullable_string(protocol);
    } else {
        writer.string(protocol.unwrap_or_default());
    }
    writer.string(joined.map_or("", |joined| &joined.leader));
    if version >= 9 {
        writer.bool(joined.is_some_and(|joined| joined.skip_assignment));
    }
    writer.string(joined.map_or(member_id, |joined| &joined.member_id));
    let members = joined.map_or(&[][..], |joined| &joined.members);
    writer.array(members.iter(), |writer, member| {
        writer.string(&member.member_id);
        if version >= 5 {
            writer.nullable_string(member.group_instance_id.as_deref());
        }
        writer.bytes(&member.metadata);
        writer.no_tags();
    });
    writer.no_tags();
}
