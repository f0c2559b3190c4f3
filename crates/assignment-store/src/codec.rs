//! Stored values as JSON, each with the number of the format that its reader must know. Fields that a reader
//! does not know are passed over; what a reader must not pass over gets a new number.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// Stored bytes that are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Undecodable(String);

impl Undecodable {
    /// Bytes with this wrong with them: for a store's own checks, beyond those of the format.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// The format of leader records, and since which they tell their lineage.
pub(crate) const LEADER_FORMAT: u32 = 2;
pub(crate) const LINEAGE_SINCE: u32 = 2;
/// The format of assignments and admissions.
pub(crate) const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    format: u32,
    value: T,
}

pub(crate) fn encode<T: Serialize>(format: u32, value: &T) -> Vec<u8> {
    serde_json::to_vec(&Versioned { format, value })
        .expect("structs of numbers and strings always serialize")
}

/// The same, with fields that this version does not know.
pub(crate) fn encode_with<T: Serialize>(
    format: u32,
    value: &T,
    unknown: &Map<String, Value>,
) -> Vec<u8> {
    let value = serde_json::to_value(value);
    let mut value = value.expect("structs of numbers and strings always serialize");
    if let Value::Object(fields) = &mut value {
        fields.extend(unknown.clone());
    }
    encode(format, &value)
}

/// The number of the format.
pub(crate) fn format(bytes: &[u8]) -> Result<u32, Undecodable> {
    #[derive(Deserialize)]
    struct FormatOnly {
        format: u32,
    }
    let found = serde_json::from_slice::<FormatOnly>(bytes);
    found
        .map(|found| found.format)
        .map_err(|error| unreadable(&error))
}

/// The value, whatever its format.
pub(crate) fn value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    let found = serde_json::from_slice::<Versioned<T>>(bytes);
    found
        .map(|found| found.value)
        .map_err(|error| unreadable(&error))
}

/// The value, where this version reads the format.
pub(crate) fn decode<T: DeserializeOwned>(own: u32, bytes: &[u8]) -> Result<T, Undecodable> {
    let format = format(bytes)?;
    if format > own {
        return Err(Undecodable(format!(
            "written in format {format}, and this version reads formats up to {own}: run the version \
             that wrote it, or a newer one"
        )));
    }
    value(bytes)
}

fn unreadable(error: &serde_json::Error) -> Undecodable {
    Undecodable(format!("not a record of ours: {error}"))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use groupkeeper_types::GatewayAddr;

    use super::*;
    use crate::{Failover, LeaderRecord};

    /// A leader record of a version that knew no canonical spelling; the failover is from one spelling of a gateway to
    /// another.
    const EARLIER: &str = concat!(
        r#"{"format":1,"value":{"epoch":3,"revision":7,"leader":"LOCALHOST:9092","incarnation":1,"#,
        r#""rpc":"[0::1]:19092","settled":{"epoch":3,"revision":1},"failovers":["#,
        r#"{"stamp":{"epoch":3,"revision":5},"gone":["10.0.0.300:1","B:1","LOCALHOST:9092","a:1"],"#,
        r#""rule":"rendezvous/1","among":[["C:1",1],["b-1:1",2],["localhost:9092",1]]},"#,
        r#"{"stamp":{"epoch":3,"revision":6},"gone":["Gone:1"],"rule":"modulo/1","among":[["c:1",1]]}],"nonce":9}}"#
    );

    #[test]
    fn a_record_in_other_spellings_is_read_and_matches_the_bytes_as_they_stand() {
        let record = LeaderRecord::decode(EARLIER.as_bytes()).unwrap();
        let addr = |text: &str| GatewayAddr::new(text).unwrap();
        assert_eq!(record.leader, addr("localhost:9092"));
        assert_eq!(record.rpc.as_str(), "[::1]:19092");
        assert_eq!(String::from_utf8(record.encode()).unwrap(), EARLIER);
        let [first, second] = record.failovers.as_slice() else {
            panic!("{:?}", record.failovers)
        };
        for gone in ["a:1", "b:1"] {
            assert!(first.takes_from(&addr(gone)), "{gone}");
        }
        assert!(second.takes_from(&addr("gone:1")) && !second.takes_from(&addr("c:1")));
        assert!(first.takes_from(&GatewayAddr::stored("10.0.0.300:1").unwrap()));
        // One spelling took over from the other, and keeps what it has.
        assert!(first.takes_from(&GatewayAddr::stored("LOCALHOST:9092").unwrap()));
        assert!(!first.takes_from(&addr("localhost:9092")));
        // What is decided from now on is written in one spelling.
        let gone = vec![GatewayAddr::stored("LOCALHOST:9092").unwrap()];
        let among = vec![(GatewayAddr::stored("C:1").unwrap(), NonZeroU32::MIN)];
        let new = Failover::new(record.stamp(), gone, "rendezvous/1", among).unwrap();
        let json = serde_json::to_string(&new).unwrap();
        assert!(
            json.contains(r#"["localhost:9092"]"#) && json.contains(r#"["c:1",1]"#),
            "{json}"
        );
    }

    #[test]
    fn a_record_of_another_order_or_format_is_still_refused() {
        for (from, to) in [
            (r#""10.0.0.300:1","B:1""#, r#""B:1","10.0.0.300:1""#),
            (r#""B:1","#, r#""B:1","B:1","#),
            (r#"["C:1",1]"#, r#"["B:1",1]"#),
            ("LOCALHOST:9092", "LOCALHOST"),
        ] {
            let edited = EARLIER.replacen(from, to, 1);
            assert_ne!(edited, EARLIER);
            assert!(LeaderRecord::decode(edited.as_bytes()).is_err(), "{edited}");
        }
    }

    #[test]
    fn reads_what_it_wrote_and_nothing_newer() {
        let bytes = encode(1, &7_u32);
        assert_eq!(decode::<u32>(1, &bytes), Ok(7));
        let error = |bytes: &[u8]| decode::<u32>(1, bytes).unwrap_err().to_string();
        assert!(error(b"").contains("not a record of ours"));
        assert!(error(br#"{"format":2,"value":{"new":1}}"#).contains("format 2"));
        assert!(error(br#"{"format":1,"value":"x"}"#).contains("not a record of ours"));
        assert_eq!(
            decode::<u32>(1, br#"{"format":1, "value":7,"extra":1}"#),
            Ok(7)
        );
    }
}
