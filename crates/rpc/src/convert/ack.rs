use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_registry::peer::{Ack, Changes, Standing};
use groupkeeper_types::Epoch;
use prost::Message as _;

use super::found::stamp;
use super::news;
use super::revokes::revokes;
use crate::invalid_message::required;
use crate::proto::ack::Changes as WireChanges;
use crate::{InvalidMessage, MAX_ANSWER_BYTES, MAX_LIST_LEN, proto};

/// No gateway is let act for longer without asking.
const LONGEST_LEASE: Duration = Duration::from_secs(3_600);

/// One with more decisions than fit says that all may have changed instead, which is as true and
/// can't grow. Where that is not enough, what is to be given up follows in the next answer, which has
/// no list of members in it.
impl From<Ack> for proto::Ack {
    fn from(ack: Ack) -> Self {
        const RESET: WireChanges = WireChanges::Reset(proto::Reset {});
        let changes = match ack.changes {
            Changes::Since(news) if news.len() <= MAX_LIST_LEN => {
                let news = news.into_iter().map(Into::into).collect();
                WireChanges::Since(proto::Decisions { news })
            }
            Changes::Since(_) | Changes::Reset => RESET,
        };
        let ack = Self {
            epoch: ack.epoch.get(),
            stamp: Some(ack.stamp.into()),
            changes: Some(changes),
            members: ack.members.map(|list| Arc::unwrap_or_clone(list).into()),
            standing: proto::Standing::from(ack.standing).into(),
            lease_micros: micros(ack.lease),
            inherited: Some(ack.inherited.into()),
            lineage: ack.lineage.map(Into::into),
            token_floor: Some(ack.token_floor.into()),
            inherited_over: ack.inherited_over,
            revokes: Some(revokes(ack.revokes)),
            ask_again_micros: ack.ask_again.map_or(0, |span| micros(span).max(1)),
        };
        let fits = |ack: &Self| ack.encoded_len() <= MAX_ANSWER_BYTES;
        if fits(&ack) {
            return ack;
        }
        let ack = Self {
            changes: Some(RESET),
            ..ack
        };
        if fits(&ack) {
            return ack;
        }
        Self {
            revokes: None,
            ..ack
        }
    }
}

impl TryFrom<proto::Ack> for Ack {
    type Error = InvalidMessage;

    fn try_from(ack: proto::Ack) -> Result<Self, Self::Error> {
        let changes = match required("changes", ack.changes)? {
            WireChanges::Since(since) => Changes::Since(news::all(since.news)?),
            WireChanges::Reset(proto::Reset {}) => Changes::Reset,
        };
        Ok(Self {
            epoch: Epoch::new(ack.epoch),
            stamp: stamp(ack.stamp),
            changes,
            members: ack
                .members
                .map(|list| list.try_into().map(Arc::new))
                .transpose()?,
            standing: required("standing", standing(ack.standing)?)?,
            lease: lease("lease_micros", ack.lease_micros)?,
            inherited: stamp(ack.inherited),
            lineage: ack.lineage.map(TryInto::try_into).transpose()?,
            token_floor: stamp(ack.token_floor),
            inherited_over: ack.inherited_over,
            revokes: ack
                .revokes
                .map(TryInto::try_into)
                .transpose()?
                .unwrap_or_default(),
            ask_again: NonZeroU64::new(ack.ask_again_micros)
                .map(|micros| Duration::from_micros(micros.get())),
        })
    }
}

/// Rounded down, as a shorter lease does no harm.
pub(super) fn micros(lease: Duration) -> u64 {
    u64::try_from(lease.min(LONGEST_LEASE).as_micros()).unwrap_or_default()
}

pub(super) fn lease(field: &'static str, micros: u64) -> Result<Duration, InvalidMessage> {
    let lease = Duration::from_micros(micros);
    if lease <= LONGEST_LEASE {
        return Ok(lease);
    }
    let why = format!("{lease:?} is more than {LONGEST_LEASE:?}");
    Err(InvalidMessage::new(field, &why))
}

impl From<Standing> for proto::Standing {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Joining => Self::Joining,
            Standing::Settling => Self::Settling,
            Standing::Member => Self::Member,
            Standing::Draining => Self::Draining,
        }
    }
}

/// A standing, or none.
pub(super) fn standing(number: i32) -> Result<Option<Standing>, InvalidMessage> {
    match proto::Standing::try_from(number) {
        Ok(proto::Standing::Unspecified) => Ok(None),
        Ok(proto::Standing::Joining) => Ok(Some(Standing::Joining)),
        Ok(proto::Standing::Settling) => Ok(Some(Standing::Settling)),
        Ok(proto::Standing::Member) => Ok(Some(Standing::Member)),
        Ok(proto::Standing::Draining) => Ok(Some(Standing::Draining)),
        Err(_) => Err(InvalidMessage::new(
            "standing",
            &format!("{number} is not one of them"),
        )),
    }
}
