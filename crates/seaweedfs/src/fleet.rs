use std::fmt;
use std::sync::Arc;

use groupkeeper_election::LockKey;
use thiserror::Error;

/// The name of a fleet: 1 to 100 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FleetName(Arc<str>);

/// A text that can't name a fleet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` can't name a fleet: use 1 to 100 letters, digits, `-` and `_`")]
pub struct InvalidFleetName(String);

impl FleetName {
    /// Checks a name.
    ///
    /// # Errors
    /// When it is empty, too long, or has other characters.
    pub fn new(name: &str) -> Result<Self, InvalidFleetName> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
        if (1..=100).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidFleetName(name.escape_debug().take(200).collect()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FleetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for FleetName {
    type Err = InvalidFleetName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

/// Which gateways of one SeaweedFS belong together. Fleets share neither lock nor files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Fleet {
    /// The one that the reference gateway belongs to: its lock and its directory of assignments.
    #[default]
    Default,
    /// One beside it.
    Named(FleetName),
}

/// The lock that names a fleet's leader.
///
/// # Panics
/// Never: a fleet's name has no character that a lock's key can't have.
pub fn lock_key(fleet: &Fleet) -> LockKey {
    let key = match fleet {
        Fleet::Default => "kafka-gateway-leader".to_owned(),
        Fleet::Named(name) => format!("kafka-gateway-leader-{name}"),
    };
    LockKey::new(&key).expect("a fleet's name makes a valid key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_fleet_has_the_reference_s_key() {
        assert_eq!(lock_key(&Fleet::Default).as_str(), "kafka-gateway-leader");
        let longest = FleetName::new(&"x".repeat(100)).unwrap();
        assert_eq!(lock_key(&Fleet::Named(longest)).as_str().len(), 121);
    }

    #[test]
    fn a_name_can_t_leave_its_directory() {
        for bad in ["", ".", "..", "a/b", "a.b", "a b", "é", &"x".repeat(101)] {
            assert!(FleetName::new(bad).is_err(), "{bad}");
        }
    }
}
