use groupkeeper_registry::peer::{RegistryStatus, Role};

use super::ack::standing;
use super::found::stamp;
use super::member_list::members;
use crate::invalid_message::required;
use crate::{InvalidMessage, proto};

impl From<RegistryStatus> for proto::StatsResponse {
    fn from(status: RegistryStatus) -> Self {
        Self {
            gateway: Some(status.gateway.into()),
            role: proto::Role::from(status.role).into(),
            leader: status.leader.map(Into::into),
            lock_owner: status.lock_owner,
            stamp: Some(status.stamp.into()),
            fresh: status.fresh,
            standing: status
                .standing
                .map_or(proto::Standing::Unspecified, proto::Standing::from)
                .into(),
            gateways: status.gateways.into_iter().map(Into::into).collect(),
            groups_known: wide(status.groups_known),
            assignments: status.assignments.map(wide),
            unreadable: wide(status.unreadable),
            problem: status.problem,
            behind: wide(status.behind),
            set_aside: status.set_aside,
            restored: status.restored,
        }
    }
}

impl TryFrom<proto::StatsResponse> for RegistryStatus {
    type Error = InvalidMessage;

    fn try_from(stats: proto::StatsResponse) -> Result<Self, Self::Error> {
        Ok(Self {
            gateway: required("gateway", stats.gateway)?.try_into()?,
            role: role(stats.role)?,
            leader: stats.leader.map(TryInto::try_into).transpose()?,
            lock_owner: stats.lock_owner,
            stamp: stamp(stats.stamp),
            fresh: stats.fresh,
            standing: standing(stats.standing)?,
            gateways: members("gateways", stats.gateways)?,
            groups_known: count("groups_known", stats.groups_known)?,
            assignments: stats
                .assignments
                .map(|n| count("assignments", n))
                .transpose()?,
            unreadable: count("unreadable", stats.unreadable)?,
            problem: stats.problem,
            behind: count("behind", stats.behind)?,
            set_aside: stats.set_aside,
            restored: stats.restored,
        })
    }
}

impl From<Role> for proto::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Follower => Self::Follower,
            Role::TakingOver => Self::TakingOver,
            Role::Leader => Self::Leader,
        }
    }
}

fn role(number: i32) -> Result<Role, InvalidMessage> {
    match proto::Role::try_from(number) {
        Ok(proto::Role::Follower) => Ok(Role::Follower),
        Ok(proto::Role::TakingOver) => Ok(Role::TakingOver),
        Ok(proto::Role::Leader) => Ok(Role::Leader),
        Ok(proto::Role::Unspecified) | Err(_) => Err(InvalidMessage::new(
            "role",
            &format!("{number} is not one of them"),
        )),
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn count(field: &'static str, count: u64) -> Result<usize, InvalidMessage> {
    usize::try_from(count).map_err(|_| InvalidMessage::new(field, &format!("{count} is too many")))
}
