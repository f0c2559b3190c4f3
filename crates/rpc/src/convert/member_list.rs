use groupkeeper_registry::peer::{MemberList, MemberView};

use super::gateway_addr;
use crate::{InvalidMessage, MAX_LIST_LEN, proto};

impl From<MemberView> for proto::Member {
    fn from(member: MemberView) -> Self {
        Self {
            addr: member.addr.into(),
            joined: member.joined,
            draining: member.draining,
        }
    }
}

/// Members, sorted as lookups in the list rely on.
pub(super) fn members(
    field: &'static str,
    members: Vec<proto::Member>,
) -> Result<Vec<MemberView>, InvalidMessage> {
    if members.len() > MAX_LIST_LEN {
        let why = format!(
            "it has {} entries, and {MAX_LIST_LEN} is the most",
            members.len()
        );
        return Err(InvalidMessage::new(field, &why));
    }
    let members = members
        .into_iter()
        .map(|member| {
            Ok(MemberView {
                addr: gateway_addr("addr", &member.addr)?,
                joined: member.joined,
                draining: member.draining,
            })
        })
        .collect::<Result<Vec<_>, InvalidMessage>>()?;
    if members.is_sorted_by(|one, next| one.addr < next.addr) {
        Ok(members)
    } else {
        Err(InvalidMessage::new(
            field,
            &"it is not sorted by address, or has one twice",
        ))
    }
}

impl From<MemberList> for proto::MemberList {
    fn from(list: MemberList) -> Self {
        Self {
            version: list.version,
            members: list.members.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<proto::MemberList> for MemberList {
    type Error = InvalidMessage;

    fn try_from(list: proto::MemberList) -> Result<Self, Self::Error> {
        Ok(Self {
            version: list.version,
            members: members("members", list.members)?,
        })
    }
}
