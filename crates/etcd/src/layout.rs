use groupkeeper_types::{GatewayAddr, GroupName, Stamp};

use crate::names::{escape, part, unescape};

/// Where a fleet's keys stand.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    prefix: String,
}

/// Keys with one beginning, which ends with a `/`.
#[derive(Debug, Clone)]
pub(crate) struct Folder(Vec<u8>);

impl Layout {
    pub(crate) fn new(fleet: &str) -> Self {
        Self {
            prefix: if fleet.is_empty() {
                "groupkeeper/fleet/".to_owned()
            } else {
                // No fleet's name reaches into another's: a `/` is hidden like what can't be read.
                let name = escape(fleet).replace('/', "%2F");
                format!("groupkeeper/fleets/{name}/")
            },
        }
    }

    /// What every key of the fleet begins with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The leader record.
    pub(crate) fn record(&self) -> Vec<u8> {
        format!("{}leader", self.prefix).into_bytes()
    }

    /// A lock.
    pub(crate) fn lock(&self, key: &str) -> Vec<u8> {
        format!("{}locks/{key}", self.prefix).into_bytes()
    }

    /// All assignments.
    pub(crate) fn groups(&self) -> Folder {
        self.folder("groups")
    }

    /// What coordinators keep of their groups: members and offsets.
    pub(crate) fn member_groups(&self) -> Folder {
        self.folder("members")
    }

    /// The one place of what a group's coordinator keeps. The name stands as it is, so that keys have the order
    /// of names.
    pub(crate) fn member_group(&self, group: &GroupName) -> Vec<u8> {
        self.member_groups().key(group.as_str().as_bytes())
    }

    /// The stored set of gateways.
    pub(crate) fn gateways(&self) -> Folder {
        self.folder("gateways")
    }

    /// What can't be read, out of the way.
    pub(crate) fn aside(&self) -> Folder {
        self.folder("set-aside")
    }

    fn folder(&self, name: &str) -> Folder {
        Folder(format!("{}{name}/", self.prefix).into_bytes())
    }

    /// The one place of a group's assignment; no two groups share one.
    pub(crate) fn group(&self, group: &GroupName) -> Vec<u8> {
        self.groups().key(escape(group.as_str()).as_bytes())
    }

    /// The one place of a gateway's record, and where an earlier version may have left one under another spelling.
    pub(crate) fn gateway(&self, addr: &GatewayAddr) -> [Option<Vec<u8>>; 2] {
        let at = |text: &str| self.gateways().key(escape(text).as_bytes());
        let (own, written) = (addr.as_str(), addr.as_written());
        [Some(at(own)), (written != own).then(|| at(written))]
    }

    /// The key that is listed under this name; `None` where none can be.
    pub(crate) fn listed(&self, name: &str) -> Option<Vec<u8>> {
        Some(self.groups().key(&part(name)?))
    }

    /// Where a commit puts what it sets aside. The same for the same key and commit, so that a commit can be
    /// repeated; no other commit's.
    pub(crate) fn put_aside(&self, name: &[u8], at: Stamp) -> Vec<u8> {
        let mut key = self.aside().0;
        key.extend_from_slice(format!("{}-{}/", at.epoch, at.revision).as_bytes());
        key.extend_from_slice(name);
        key
    }
}

impl Folder {
    /// A key in it.
    pub(crate) fn key(&self, name: &[u8]) -> Vec<u8> {
        [&self.0, name].concat()
    }

    /// The part of a key that is its name here; `None` where it is no key of this folder.
    pub(crate) fn name<'a>(&self, key: &'a [u8]) -> Option<&'a [u8]> {
        key.strip_prefix(self.0.as_slice())
    }

    /// Where it begins.
    pub(crate) fn start(&self) -> Vec<u8> {
        self.0.clone()
    }

    /// The first key after all of its keys: what follows the `/` at the end of its name is a `0`.
    pub(crate) fn end(&self) -> Vec<u8> {
        let mut end = self.0.clone();
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        end
    }
}

/// The group whose assignment stands under this name; `None` where the name tells none.
pub(crate) fn group_named(name: &[u8]) -> Option<GroupName> {
    let name = unescape(std::str::from_utf8(name).ok()?)?;
    GroupName::new(&name).ok()
}

#[cfg(test)]
mod tests {
    use groupkeeper_types::{Epoch, Revision};

    use super::*;

    fn text(key: &[u8]) -> &str {
        std::str::from_utf8(key).unwrap()
    }

    #[test]
    fn keys_can_be_read() {
        let layout = Layout::new("");
        let group = |name: &str| layout.group(&GroupName::new(name).unwrap());
        assert_eq!(text(&layout.record()), "groupkeeper/fleet/leader");
        assert_eq!(text(&group("a/b")), "groupkeeper/fleet/groups/a/b");
        assert_eq!(text(&group("a\n%")), "groupkeeper/fleet/groups/a%0A%25");
        let gateway = layout.gateway(&GatewayAddr::new("[::1]:9092").unwrap());
        let only = gateway[0].as_deref().map(text);
        assert_eq!(only, Some("groupkeeper/fleet/gateways/[::1]:9092"));
        assert_eq!(gateway[1], None);
        let at = Stamp::new(Epoch::new(3), Revision::new(7));
        assert_eq!(
            text(&layout.put_aside(b"a/b", at)),
            "groupkeeper/fleet/set-aside/3-7/a/b"
        );
    }

    #[test]
    fn fleets_share_nothing() {
        let fleets = ["", "a", "b", "a/groups", "fleet", "a%2Fgroups", "A"];
        let prefixes = fleets.map(|fleet| Layout::new(fleet).prefix().to_owned());
        for (number, one) in prefixes.iter().enumerate() {
            for other in &prefixes[number + 1..] {
                assert!(!one.starts_with(other) && !other.starts_with(one.as_str()));
            }
        }
        assert_eq!(prefixes[1], "groupkeeper/fleets/a/");
    }

    #[test]
    fn a_folder_has_its_keys_and_no_others() {
        let layout = Layout::new("");
        let (groups, record) = (layout.groups(), layout.record());
        let key = layout.group(&GroupName::new("\u{10ffff}").unwrap());
        assert!(groups.start() <= key && key < groups.end());
        assert_eq!(
            groups.name(&key).and_then(group_named).unwrap().as_str(),
            "\u{10ffff}"
        );
        assert!(groups.name(&record).is_none());
        assert!(!(groups.start() <= record && record < groups.end()));
        assert_eq!(group_named(b"\xff"), None);
        assert_eq!(group_named(b""), None);
    }
}
