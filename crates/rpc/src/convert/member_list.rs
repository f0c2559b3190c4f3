use groupkeeper_registry::peer::{MemberList, MemberView};
use groupkeeper_types::MAX_GATEWAYS;

use super::gateway_addr;
use crate::{InvalidMessage, proto};

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
    if members.len() > MAX_GATEWAYS {
        let why = format!(
            "it has {} entries, and {MAX_GATEWAYS} is the most",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: usize) -> proto::MemberList {
        let member = |n: usize| proto::Member {
            addr: format!("gateway-{n:06}.example:9092"),
            joined: true,
            draining: false,
        };
        proto::MemberList {
            version: 1,
            members: (0..count).map(member).collect(),
        }
    }

    #[test]
    fn a_fleet_as_large_as_a_leader_takes_in_goes_over_the_wire_and_no_larger_one() {
        let read = MemberList::try_from(list(MAX_GATEWAYS)).unwrap();
        assert_eq!(read.members.len(), MAX_GATEWAYS);
        let message = proto::MemberList::from(read);
        assert!(prost::Message::encoded_len(&message) < crate::MAX_ANSWER_BYTES / 2);
        let error = MemberList::try_from(list(MAX_GATEWAYS + 1)).unwrap_err();
        assert!(error.to_string().contains("65536 is the most"), "{error}");
    }
}
