use std::fmt;

use arcstr::ArcStr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a consumer group: any UTF-8 of 1 to 32,767 bytes. Clones share the text, and are one
/// word each: a leader has two of them for each of its groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupName(ArcStr);

/// A text that can't be a group's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidGroupName {
    /// Kafka's error 24.
    #[error("the group name is empty")]
    Empty,
    /// Longer than a string of Kafka's protocol can be.
    #[error("the group name has {bytes} bytes, and {max} is the most", max = GroupName::MAX_BYTES)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

impl GroupName {
    /// The most bytes a name may have: Kafka's strings carry their length in 15 bits.
    pub const MAX_BYTES: usize = 32_767;

    /// Checks a name.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn new(name: &str) -> Result<Self, InvalidGroupName> {
        match name.len() {
            0 => Err(InvalidGroupName::Empty),
            bytes if bytes > Self::MAX_BYTES => Err(InvalidGroupName::TooLong { bytes }),
            _ => Ok(Self(name.into())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for GroupName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GroupName {
    type Error = InvalidGroupName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name)
    }
}

impl From<GroupName> for String {
    fn from(name: GroupName) -> Self {
        name.as_str().to_owned()
    }
}

impl std::str::FromStr for GroupName {
    type Err = InvalidGroupName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

/// Control characters are escaped, so that a hostile name can't write lines of its own in a log.
impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?
            } else {
                write!(f, "{c}")?
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_kafka_can_send() {
        assert_eq!(GroupName::new(""), Err(InvalidGroupName::Empty));
        assert!(GroupName::new(&"x".repeat(32_767)).is_ok());
        let long = GroupName::new(&"x".repeat(32_768));
        assert_eq!(long, Err(InvalidGroupName::TooLong { bytes: 32_768 }));
        assert_eq!(GroupName::new("a/../\0é").unwrap().as_str(), "a/../\0é");
    }

    #[test]
    fn a_log_line_stays_one_line() {
        assert_eq!(GroupName::new("a\nb").unwrap().to_string(), "a\\nb");
    }
}
