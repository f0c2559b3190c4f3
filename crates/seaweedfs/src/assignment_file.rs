use std::borrow::Cow;

use groupkeeper_assignment_store::Assignment;
use groupkeeper_types::{Epoch, GatewayAddr, GroupName, Revision, Stamp};
use serde::{Deserialize, Serialize};

use crate::go_time;

/// An assignment as the reference writes it, with two fields of our own, which the reference does
/// not read and drops when it writes the file anew.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    consumer_group: &'a str,
    coordinator_addr: &'a str,
    #[serde(rename = "CoordinatorNodeID")]
    coordinator_node_id: i32,
    assigned_at: String,
    last_heartbeat: String,
    groupkeeper_epoch: u64,
    groupkeeper_revision: u64,
}

/// The address says who coordinates; the node ID is computed from it, so none is read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Read<'a> {
    #[serde(borrow)]
    consumer_group: Cow<'a, str>,
    #[serde(borrow)]
    coordinator_addr: Cow<'a, str>,
    #[serde(borrow)]
    assigned_at: Option<Cow<'a, str>>,
    groupkeeper_epoch: Option<u64>,
    groupkeeper_revision: Option<u64>,
}

/// The file of an assignment.
pub(crate) fn encode(assignment: &Assignment) -> Vec<u8> {
    let assigned_at = go_time::format(assignment.assigned_at);
    let written = Written {
        consumer_group: assignment.group.as_str(),
        coordinator_addr: assignment.coordinator.as_str(),
        coordinator_node_id: groupkeeper_hashing::node_id(&assignment.coordinator).get(),
        last_heartbeat: assigned_at.clone(),
        assigned_at,
        groupkeeper_epoch: assignment.stamp.epoch.get(),
        groupkeeper_revision: assignment.stamp.revision.get(),
    };
    serde_json::to_vec(&written).expect("numbers and strings always serialize")
}

/// Reads a file of ours or the reference's; the error says what is wrong with it.
pub(crate) fn decode(bytes: &[u8]) -> Result<Assignment, String> {
    let read: Read<'_> =
        serde_json::from_slice(bytes).map_err(|e| format!("it is not an assignment: {e}"))?;
    let stamp = match (read.groupkeeper_epoch, read.groupkeeper_revision) {
        (None, None) => Stamp::ZERO,
        (Some(epoch), Some(revision)) => Stamp::new(Epoch::new(epoch), Revision::new(revision)),
        _ => return Err("it has one of GroupkeeperEpoch and GroupkeeperRevision alone".to_owned()),
    };
    Ok(Assignment {
        group: GroupName::new(&read.consumer_group).map_err(|e| format!("ConsumerGroup: {e}"))?,
        coordinator: GatewayAddr::stored(&read.coordinator_addr)
            .map_err(|e| format!("CoordinatorAddr: {e}"))?,
        stamp,
        assigned_at: go_time::parse(read.assigned_at.as_deref())
            .map_err(|e| format!("AssignedAt: {e}"))?,
    })
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::WallTime;
    use proptest::prelude::*;

    use super::*;

    fn assignment(group: &str) -> Assignment {
        Assignment {
            group: GroupName::new(group).unwrap(),
            coordinator: GatewayAddr::new("127.0.0.1:9093").unwrap(),
            stamp: Stamp::new(Epoch::new(3), Revision::new(u64::MAX)),
            assigned_at: WallTime::from_millis(1_795_381_689_945),
        }
    }

    #[test]
    fn writes_the_reference_s_fields_under_its_names() {
        let json: serde_json::Value = serde_json::from_slice(&encode(&assignment("g"))).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "ConsumerGroup": "g",
                "CoordinatorAddr": "127.0.0.1:9093",
                "CoordinatorNodeID": groupkeeper_hashing::node_id(&assignment("g").coordinator).get(),
                "AssignedAt": "2026-11-22T21:08:09.945Z",
                "LastHeartbeat": "2026-11-22T21:08:09.945Z",
                "GroupkeeperEpoch": 3,
                "GroupkeeperRevision": u64::MAX,
            })
        );
    }

    #[test]
    fn reads_what_the_reference_wrote() {
        let read = decode(
            br#"{"ConsumerGroup":"g\u003c","CoordinatorAddr":"127.0.0.1:9093",
                "CoordinatorNodeID":2119107294,"AssignedAt":"2026-11-22T21:08:09.945818278Z",
                "LastHeartbeat":"2026-11-22T21:08:09Z"}"#,
        );
        let expected = Assignment {
            stamp: Stamp::ZERO,
            ..assignment("g<")
        };
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn the_address_is_the_truth_whatever_the_node_id_says() {
        for node_id in [
            "",
            r#","CoordinatorNodeID":1"#,
            r#","CoordinatorNodeID":"x""#,
        ] {
            let json = format!(r#"{{"ConsumerGroup":"g","CoordinatorAddr":"h:1"{node_id}}}"#);
            let read = decode(json.as_bytes()).unwrap();
            assert_eq!(read.coordinator.as_str(), "h:1");
            assert_eq!(
                (read.stamp, read.assigned_at),
                (Stamp::ZERO, WallTime::EPOCH)
            );
        }
    }

    #[test]
    fn anything_else_is_an_error_that_names_the_field() {
        let cases = [
            ("", "not an assignment"),
            ("null", "not an assignment"),
            ("[]", "not an assignment"),
            (r#"{"CoordinatorAddr":"h:1"}"#, "ConsumerGroup"),
            (
                r#"{"ConsumerGroup":"","CoordinatorAddr":"h:1"}"#,
                "ConsumerGroup",
            ),
            (r#"{"ConsumerGroup":"g"}"#, "CoordinatorAddr"),
            (
                r#"{"ConsumerGroup":"g","CoordinatorAddr":"h"}"#,
                "CoordinatorAddr",
            ),
            (
                r#"{"ConsumerGroup":"g","CoordinatorAddr":"h:1","AssignedAt":"x"}"#,
                "AssignedAt",
            ),
            (
                r#"{"ConsumerGroup":"g","CoordinatorAddr":"h:1","GroupkeeperEpoch":1}"#,
                "alone",
            ),
            (
                r#"{"ConsumerGroup":"g","CoordinatorAddr":"h:1"} x"#,
                "not an assignment",
            ),
        ];
        for (json, part) in cases {
            let error = decode(json.as_bytes()).expect_err(json);
            assert!(error.contains(part), "{json}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_group_comes_back_as_it_was(name in ".{1,50}", millis in -60_000_000_000_000..250_000_000_000_000_i64) {
            let written = Assignment {
                assigned_at: WallTime::from_millis(millis), ..assignment(&name)
            };
            prop_assert_eq!(decode(&encode(&written)), Ok(written));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }
    }
}
