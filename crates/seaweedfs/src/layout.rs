use groupkeeper_types::{GatewayAddr, GroupName, Stamp};
use sha2::{Digest, Sha256};

use crate::{Fleet, ServerAddress};

/// Where a fleet's files stand.
///
/// The default fleet keeps what the reference knows where the reference keeps it. Everything of our
/// own stands outside the directory that the reference lists.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Assignments under the reference's file names.
    pub(crate) coordinators: String,
    /// Assignments of groups whose names can't be such file names.
    pub(crate) groups: String,
    pub(crate) gateways: String,
    /// What can't be read, out of the way.
    pub(crate) aside: String,
    pub(crate) record: Place,
    /// For each filer that has decided, the leader record as it was last decided there.
    pub(crate) decided: String,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) directory: String,
    pub(crate) name: String,
}

impl Place {
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.directory, self.name)
    }
}

const META: &str = "/topics/kafka/.meta";
const SUFFIX: &str = "_assignments.json";
const LONGEST_FILE_NAME: usize = 255;

impl Layout {
    pub(crate) fn new(fleet: &Fleet) -> Self {
        let (ours, coordinators) = match fleet {
            Fleet::Default => (
                format!("{META}/groupkeeper"),
                format!("{META}/coordinators"),
            ),
            Fleet::Named(name) => {
                let ours = format!("{META}/groupkeeper-fleets/{name}");
                let coordinators = format!("{ours}/coordinators");
                (ours, coordinators)
            }
        };
        Self {
            coordinators,
            groups: format!("{ours}/groups"),
            gateways: format!("{ours}/gateways"),
            aside: format!("{ours}/set-aside"),
            decided: format!("{ours}/decided"),
            record: Place {
                directory: ours,
                name: "leader.json".to_owned(),
            },
        }
    }

    /// The one place of a group's assignment; no two groups share one.
    pub(crate) fn assignment(&self, group: &GroupName) -> Place {
        let name = group.as_str();
        if is_file_name(name) {
            Place {
                directory: self.coordinators.clone(),
                name: format!("{name}{SUFFIX}"),
            }
        } else {
            Place {
                directory: self.groups.clone(),
                name: digest_name(name),
            }
        }
    }

    /// Whether a file is at this group's place. For every entry of a listing: nothing is put together
    /// where the name is the group's own.
    pub(crate) fn holds(&self, directory: &str, name: &str, group: &GroupName) -> bool {
        if is_file_name(group.as_str()) {
            directory == self.coordinators && name.strip_suffix(SUFFIX) == Some(group.as_str())
        } else {
            directory == self.groups && name == digest_name(group.as_str())
        }
    }

    /// The group whose assignment a file is, by its name; `None` where the name does not tell.
    pub(crate) fn group_of(&self, place: &Place) -> Option<GroupName> {
        let name = place.name.strip_suffix(SUFFIX)?;
        let group = GroupName::new(name).ok()?;
        (self.assignment(&group) == *place).then_some(group)
    }

    /// The file with this path, if it is one that assignments are looked for in.
    pub(crate) fn assignment_file(&self, path: &str) -> Option<Place> {
        let (directory, name) = path.rsplit_once('/')?;
        let here = if directory == self.coordinators {
            is_assignment_file(name)
        } else {
            directory == self.groups && name.ends_with(".json")
        };
        here.then(|| Place {
            directory: directory.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Where a commit puts a file that it sets aside. The same for the same file and commit, so that a
    /// commit can be repeated; no other commit's.
    pub(crate) fn aside(&self, place: &Place, at: Stamp) -> Place {
        let prefix = format!("{}-{}-", at.epoch, at.revision);
        let mut name = format!("{prefix}{}", place.name);
        if name.len() > LONGEST_FILE_NAME {
            name = format!("{prefix}{}", digest_name(&place.path()));
        }
        Place {
            directory: self.aside.clone(),
            name,
        }
    }

    /// The one place of a gateway's record; no two gateways share one.
    pub(crate) fn gateway(&self, addr: &GatewayAddr) -> Place {
        self.gateway_named(addr.as_str())
    }

    /// Where an earlier version keeps the record of a gateway that it knows by another spelling.
    pub(crate) fn gateway_as_written(&self, addr: &GatewayAddr) -> Option<Place> {
        let written = addr.as_written();
        (written != addr.as_str()).then(|| self.gateway_named(written))
    }

    /// The leader record as it was last decided at this filer.
    pub(crate) fn decided(&self, filer: &ServerAddress) -> Place {
        json_named(&self.decided, &filer.to_string())
    }

    fn gateway_named(&self, addr: &str) -> Place {
        json_named(&self.gateways, addr)
    }
}

/// The file in a directory that is named by an address.
fn json_named(directory: &str, addr: &str) -> Place {
    let mut name = format!("{addr}.json");
    if name.len() > LONGEST_FILE_NAME {
        // No address is all digits and letters, so this is no other gateway's name.
        name = digest_name(addr);
    }
    Place {
        directory: directory.to_owned(),
        name,
    }
}

/// Whether a file in the reference's directory is an assignment, by its name.
pub(crate) fn is_assignment_file(file: &str) -> bool {
    file.len() > SUFFIX.len() && file.ends_with(SUFFIX)
}

/// Whether the filer keeps a file of this group under the reference's name for it.
///
/// A `/` makes a directory, out of every listing. Everything else survives in the filer's own
/// store; but databases that it may stand on instead refuse a NUL, and a write that is refused for
/// ever would stop all that come after it.
fn is_file_name(group: &str) -> bool {
    group.len() + SUFFIX.len() <= LONGEST_FILE_NAME && !group.contains(['/', '\0'])
}

fn digest_name(text: &str) -> String {
    format!("{}.json", hex(&Sha256::digest(text)))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::FleetName;

    fn place(group: &str) -> Place {
        Layout::new(&Fleet::Default).assignment(&GroupName::new(group).unwrap())
    }

    #[test]
    fn what_the_reference_can_store_keeps_its_name() {
        for group in [
            "g",
            "a%2Fb",
            "Ünï côdé",
            "..",
            ".",
            " ",
            "a_assignments.json",
            "\\",
            "*?",
        ] {
            let place = place(group);
            assert_eq!(place.directory, "/topics/kafka/.meta/coordinators");
            assert_eq!(place.name, format!("{group}_assignments.json"));
        }
        assert_eq!(place(&"x".repeat(238)).name.len(), 255);
    }

    #[test]
    fn the_rest_stands_outside_the_reference_s_listing() {
        for group in [
            "a/b",
            "/",
            "../../x",
            "a\0",
            &"x".repeat(239),
            &"é".repeat(120),
        ] {
            let place = place(group);
            assert_eq!(place.directory, "/topics/kafka/.meta/groupkeeper/groups");
            assert_eq!(place.name.len(), 69, "{place:?}");
        }
    }

    #[test]
    fn a_named_fleet_shares_nothing_with_the_default_one() {
        let named = Fleet::Named(FleetName::new("blue").unwrap());
        let (named, default) = (Layout::new(&named), Layout::new(&Fleet::Default));
        let of = |l: &Layout| {
            [
                l.coordinators.clone(),
                l.groups.clone(),
                l.gateways.clone(),
                l.record.path(),
                l.aside.clone(),
                l.decided.clone(),
            ]
        };
        for path in of(&named) {
            assert!(
                path.starts_with("/topics/kafka/.meta/groupkeeper-fleets/blue/"),
                "{path}"
            );
            assert!(!of(&default).contains(&path));
        }
    }

    #[test]
    fn only_an_assignment_s_file_is_found_by_its_path() {
        let layout = Layout::new(&Fleet::Default);
        for group in ["g", "a/b", &"x".repeat(300), "a_assignments.json"] {
            let place = place(group);
            assert_eq!(layout.assignment_file(&place.path()), Some(place.clone()));
            let named = layout.group_of(&place);
            assert!(named.is_none_or(|named| named.as_str() == group));
        }
        assert_eq!(
            layout.group_of(&place("g")),
            Some(GroupName::new("g").unwrap())
        );
        let path = |name: &str| format!("{}/{name}", layout.coordinators);
        for other in [
            layout.record.path(),
            layout.gateway(&GatewayAddr::new("h:1").unwrap()).path(),
            path("notes.txt"),
            path("sub/g_assignments.json"),
            "g_assignments.json".to_owned(),
            String::new(),
        ] {
            assert_eq!(layout.assignment_file(&other), None, "{other}");
        }
    }

    #[test]
    fn what_is_set_aside_keeps_its_name_while_that_fits() {
        use groupkeeper_types::{Epoch, Revision};
        let layout = Layout::new(&Fleet::Default);
        let at = |revision| Stamp::new(Epoch::new(3), Revision::new(revision));
        let aside = layout.aside(&place("g"), at(7));
        assert_eq!(
            aside.path(),
            "/topics/kafka/.meta/groupkeeper/set-aside/3-7-g_assignments.json"
        );
        assert_ne!(layout.aside(&place("g"), at(8)), aside);
        let long = |c: &str| layout.aside(&place(&c.repeat(238)), at(u64::MAX)).name;
        assert!(long("x").len() <= LONGEST_FILE_NAME);
        assert_ne!(long("x"), long("y"));
    }

    #[test]
    fn a_gateway_s_file_is_named_after_it_while_that_fits() {
        let layout = Layout::new(&Fleet::Default);
        let name = |addr: &str| layout.gateway(&GatewayAddr::new(addr).unwrap()).name;
        assert_eq!(name("[::1]:9092"), "[::1]:9092.json");
        let host = |last: usize| format!("{}{}", "h.".repeat(100), "h".repeat(last));
        assert_eq!(name(&format!("{}:9092", host(45))).len(), 255);
        assert_eq!(name(&format!("{}:9092", host(46))).len(), 69);
    }

    proptest! {
        #[test]
        fn no_two_groups_share_a_file(a in "\\PC{1,300}|.{1,20}|[./a\\\\]{1,6}", b in "\\PC{1,300}|[./a\\\\]{1,6}") {
            let same = place(&a) == place(&b);
            prop_assert_eq!(same, a == b);
            let (layout, at) = (Layout::new(&Fleet::Default), place(&a));
            for group in [&a, &b] {
                let holds = layout.holds(&at.directory, &at.name, &GroupName::new(group).unwrap());
                prop_assert_eq!(holds, *group == a);
            }
            prop_assert!(!place(&a).name.contains('/'));
            prop_assert!(place(&a).name.len() <= LONGEST_FILE_NAME);
        }
    }
}
