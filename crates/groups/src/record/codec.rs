use groupkeeper_types::GroupName;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::GroupRecord;

/// Stored bytes that are no group's record, or one of a newer format.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Undecodable(String);

impl Undecodable {
    /// Bytes with this wrong with them: for a store's own checks, beyond those of the format.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// The format that its reader must know. Fields that it does not know it passes over; what it must
/// not pass over gets a new number.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Writing<'a> {
    format: u32,
    value: &'a GroupRecord,
}

#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

#[derive(Deserialize)]
struct Reading {
    value: GroupRecord,
}

fn json(writing: &Writing<'_>) -> Vec<u8> {
    serde_json::to_vec(writing).expect("structs of numbers and strings always serialize")
}

impl GroupRecord {
    /// The record as bytes: JSON, the same for the same record.
    pub fn encode(&self) -> Vec<u8> {
        let writing = Writing {
            format: FORMAT,
            value: self,
        };
        json(&writing)
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// When the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Undecodable> {
        let unreadable = |e: serde_json::Error| Undecodable(format!("not a group of ours: {e}"));
        let FormatOnly { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
        if format > FORMAT {
            return Err(Undecodable(format!(
                "written in format {format}, and this version reads formats up to {FORMAT}: run \
                 the version that wrote it, or a newer one"
            )));
        }
        let Reading { value } = serde_json::from_slice(bytes).map_err(unreadable)?;
        Ok(value)
    }

    /// The same of what stands where this group's record belongs.
    ///
    /// # Errors
    /// Also when it is another group's.
    pub fn decode_of(group: &GroupName, bytes: &[u8]) -> Result<Self, Undecodable> {
        let record = Self::decode(bytes)?;
        if record.group == *group {
            return Ok(record);
        }
        Err(Undecodable(format!(
            "it is another group, {}",
            record.group
        )))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use groupkeeper_types::{Epoch, GroupName, Nonce, Revision, Stamp, WallTime};

    use super::*;
    use crate::record::{GroupBody, Head, MemberRecord, OffsetRecord, Phase, Profile};

    fn record() -> GroupRecord {
        let profile = Profile {
            instance: Some("desk-1".to_owned()),
            client_id: "client".to_owned(),
            client_host: "/127.0.0.1".to_owned(),
            session_ms: 10_000,
            rebalance_ms: 60_000,
            protocols: vec![("range".to_owned(), Bytes::from_static(&[0, 255, b'"']))],
        };
        let member = MemberRecord {
            member_id: "client-1".to_owned(),
            profile,
            assignment: Bytes::from_static(&[1, 2, 3, 254]),
        };
        let offset = OffsetRecord {
            topic: "orders".to_owned(),
            partition: 3,
            offset: 42,
            leader_epoch: -1,
            metadata: "m\u{0}".to_owned(),
            committed_at: WallTime::from_millis(1),
        };
        let token = Stamp::new(Epoch::new(2), Revision::new(7));
        GroupRecord {
            group: GroupName::new("group").unwrap(),
            head: Head::after(None, token, Nonce::new(9)),
            body: GroupBody {
                phase: Phase::Stable,
                generation: 4,
                protocol_type: "consumer".to_owned(),
                protocol: "range".to_owned(),
                leader: "client-1".to_owned(),
                members: vec![member],
                offsets: vec![offset],
                changed_at: WallTime::from_millis(5),
            },
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let bytes = record().encode();
        assert_eq!(GroupRecord::decode(&bytes), Ok(record()));
    }

    #[test]
    fn the_record_of_another_group_is_not_this_one_s() {
        let (bytes, record) = (record().encode(), record());
        let of = |name: &str| GroupRecord::decode_of(&GroupName::new(name).unwrap(), &bytes);
        assert_eq!(of("group"), Ok(record));
        let why = of("other").unwrap_err().to_string();
        assert!(why.contains("another group, group"), "{why}");
    }

    #[test]
    fn what_is_no_record_and_what_is_newer_is_refused_and_says_why() {
        let why = |bytes: &[u8]| GroupRecord::decode(bytes).unwrap_err().to_string();
        assert!(why(b"").contains("not a group of ours"));
        assert!(why(br#"{"format":1,"value":{}}"#).contains("not a group of ours"));
        assert!(why(br#"{"format":2,"value":{}}"#).contains("format 2"));
    }

    #[test]
    fn a_field_of_a_later_version_is_passed_over() {
        let text = String::from_utf8(record().encode()).unwrap();
        let later = text.replacen("\"generation\"", "\"later\":[1],\"generation\"", 1);
        assert_eq!(GroupRecord::decode(later.as_bytes()), Ok(record()));
    }
}
