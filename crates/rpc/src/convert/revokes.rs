use groupkeeper_registry::peer::Revokes;
use groupkeeper_types::{GroupName, Stamp};

use super::found::stamp;
use super::group;
use crate::{InvalidMessage, proto};

/// As many of these as one message carries: the first ones, at most so many and with at most so many
/// bytes of names.
pub(super) fn within(
    groups: Vec<(GroupName, Stamp)>,
    most: usize,
    most_bytes: usize,
) -> Vec<proto::GroupStamp> {
    let mut bytes = 0;
    let fits = |(group, _): &(GroupName, Stamp)| {
        bytes += group.as_str().len();
        bytes <= most_bytes
    };
    groups
        .into_iter()
        .take(most)
        .take_while(fits)
        .map(|(group, stamp)| proto::GroupStamp {
            group: group.into(),
            stamp: Some(stamp.into()),
        })
        .collect()
}

/// Groups with their decisions, at most so many.
pub(super) fn group_stamps(
    field: &'static str,
    groups: Vec<proto::GroupStamp>,
    most: usize,
) -> Result<Vec<(GroupName, Stamp)>, InvalidMessage> {
    if groups.len() > most {
        let why = format!("it has {} entries, and {most} is the most", groups.len());
        return Err(InvalidMessage::new(field, &why));
    }
    groups
        .into_iter()
        .map(|one| Ok((group(&one.group)?, stamp(one.stamp))))
        .collect()
}

/// Those that don't fit follow in later answers. Then the number is 0: which one the last included
/// has is not known here, as numbers may have gaps, and whoever takes a higher one for granted would
/// let a group be moved that its coordinator has not given up.
pub(super) fn revokes(revokes: Revokes) -> proto::Revokes {
    let all = revokes.groups.len();
    let groups = within(revokes.groups, Revokes::MAX, Revokes::MAX_BYTES);
    let number = if groups.len() == all {
        revokes.number
    } else {
        0
    };
    proto::Revokes { number, groups }
}

impl TryFrom<proto::Revokes> for Revokes {
    type Error = InvalidMessage;

    fn try_from(revokes: proto::Revokes) -> Result<Self, Self::Error> {
        Ok(Self {
            number: revokes.number,
            groups: group_stamps("revokes", revokes.groups, Self::MAX)?,
        })
    }
}
