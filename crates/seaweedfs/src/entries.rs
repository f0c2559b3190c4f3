//! What stands in the filer's directories, made sense of.

use groupkeeper_assignment_store::{
    Admission, Assignment, LeaderRecord, Listed, UnreadableGateway,
};
use groupkeeper_types::GatewayAddr;

use crate::assignment_file;
use crate::layout::{Layout, Place, is_assignment_file};
use crate::proto::filer_pb::Entry;

/// What a file holds.
fn content(entry: &Entry) -> Result<&[u8], String> {
    if entry.is_directory {
        return Err("it is a directory, and should be a file: remove it".to_owned());
    }
    let size = entry
        .attributes
        .as_ref()
        .map_or(0, |attributes| attributes.file_size);
    if entry.content.is_empty() && size > 0 {
        return Err(format!(
            "its {size} bytes are kept in chunks on volume servers, where no gateway writes: \
             remove it, or write it anew with its content inline"
        ));
    }
    Ok(&entry.content)
}

pub(crate) fn record(entry: &Entry) -> Result<LeaderRecord, String> {
    LeaderRecord::decode(content(entry)?).map_err(|e| e.to_string())
}

/// Reads the assignment at a place, which says of which group it must be.
pub(crate) fn assignment(
    layout: &Layout,
    directory: &str,
    entry: &Entry,
) -> Result<Assignment, String> {
    let assignment = assignment_file::decode(content(entry)?)?;
    if !layout.holds(directory, &entry.name, &assignment.group) {
        return Err(format!(
            "it is of the group `{}`, whose file is another",
            assignment.group
        ));
    }
    Ok(assignment)
}

/// An entry of one of the two directories of assignments; `None` for what is no assignment.
pub(crate) fn listed(layout: &Layout, directory: &str, entry: &Entry) -> Option<Listed> {
    let ours = if directory == layout.coordinators {
        is_assignment_file(&entry.name)
    } else {
        entry.name.ends_with(".json")
    };
    if !ours {
        return None;
    }
    Some(match assignment(layout, directory, entry) {
        Ok(assignment) => Listed::Assignment(assignment),
        Err(why) => {
            let place = Place {
                directory: directory.to_owned(),
                name: entry.name.clone(),
            };
            Listed::Unreadable {
                name: place.path(),
                group: layout.group_of(&place),
                why,
            }
        }
    })
}

/// An entry of the gateways' directory; `None` for what is no gateway.
pub(crate) fn gateway(
    layout: &Layout,
    entry: &Entry,
) -> Option<Result<Admission, UnreadableGateway>> {
    let named = entry.name.strip_suffix(".json")?;
    if entry.is_directory {
        return None;
    }
    let read = content(entry).and_then(|bytes| {
        let record = Admission::decode(bytes).map_err(|e| e.to_string())?;
        let written = layout.gateway_as_written(record.addr());
        let places = [Some(layout.gateway(record.addr())), written];
        if !places
            .iter()
            .flatten()
            .any(|place| place.name == entry.name)
        {
            return Err(format!(
                "it is of the gateway {}, whose file is another",
                record.addr()
            ));
        }
        Ok(record)
    });
    Some(read.map_err(|why| {
        let place = Place {
            directory: layout.gateways.clone(),
            name: entry.name.clone(),
        };
        UnreadableGateway {
            name: place.path(),
            addr: GatewayAddr::stored(named).ok(),
            why,
        }
    }))
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::GroupName;

    use super::*;
    use crate::Fleet;
    use crate::proto::filer_pb::FuseAttributes;

    fn entry(name: &str, content: &str) -> Entry {
        Entry {
            name: name.to_owned(),
            content: content.into(),
            ..Entry::default()
        }
    }

    fn in_go_s_directory(entry: &Entry) -> Option<Listed> {
        let layout = Layout::new(&Fleet::Default);
        listed(&layout, &layout.coordinators, entry)
    }

    fn why(entry: &Entry) -> String {
        match in_go_s_directory(entry) {
            Some(Listed::Unreadable { name, group, why }) => {
                let named = entry.name.strip_suffix("_assignments.json");
                assert_eq!(group.as_ref().map(GroupName::as_str), named);
                assert_eq!(
                    name,
                    format!("/topics/kafka/.meta/coordinators/{}", entry.name)
                );
                why
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_assignment_is_of_the_group_its_file_is_named_after() {
        let json = r#"{"ConsumerGroup":"g","CoordinatorAddr":"h:1"}"#;
        let found = in_go_s_directory(&entry("g_assignments.json", json));
        assert!(matches!(found, Some(Listed::Assignment(a)) if a.group.as_str() == "g"));
        assert!(why(&entry("h_assignments.json", json)).contains("of the group `g`"));
        let slash = r#"{"ConsumerGroup":"a/b","CoordinatorAddr":"h:1"}"#;
        assert!(why(&entry("a_assignments.json", slash)).contains("of the group `a/b`"));
    }

    #[test]
    fn what_can_t_be_read_is_not_nothing() {
        assert!(why(&entry("g_assignments.json", "")).contains("not an assignment"));
        let mut chunked = entry("g_assignments.json", "");
        chunked.attributes = Some(FuseAttributes {
            file_size: 5,
            ..FuseAttributes::default()
        });
        assert!(why(&chunked).contains("5 bytes are kept in chunks"));
        let mut directory = entry("g_assignments.json", "");
        directory.is_directory = true;
        assert!(why(&directory).contains("directory"));
    }

    #[test]
    fn what_is_no_assignment_is_passed_over() {
        for name in ["_assignments.json", "readme.txt", "g_assignments.json.bak"] {
            assert_eq!(in_go_s_directory(&entry(name, "")), None, "{name}");
        }
    }

    #[test]
    fn a_gateway_s_record_stands_in_its_own_file() {
        use groupkeeper_assignment_store::GatewayRecord;
        use groupkeeper_types::{Epoch, Incarnation, Revision, RpcAddr, Stamp};
        let layout = Layout::new(&Fleet::Default);
        let gateway_of_it = GatewayRecord {
            addr: GatewayAddr::new("h:1").unwrap(),
            incarnation: Incarnation::new(1),
            rpc: RpcAddr::new("h:2").unwrap(),
        };
        let record = Admission {
            gateway: gateway_of_it,
            admitted: Stamp::new(Epoch::new(3), Revision::new(7)),
        };
        let json = String::from_utf8(record.encode()).unwrap();
        assert_eq!(
            gateway(&layout, &entry("h:1.json", &json)),
            Some(Ok(record))
        );
        for (name, content, addr) in [
            ("h:2.json", &*json, Some("h:2")),
            ("h:1.json", "{}", Some("h:1")),
            ("no address.json", "{}", None),
        ] {
            let Some(Err(unreadable)) = gateway(&layout, &entry(name, content)) else {
                panic!("{name} is read")
            };
            let named = unreadable.addr.as_ref().map(GatewayAddr::as_str);
            assert_eq!(named, addr);
            assert!(unreadable.name.ends_with(name), "{unreadable:?}");
        }
        assert_eq!(gateway(&layout, &entry("notes", "{}")), None);
    }
}
