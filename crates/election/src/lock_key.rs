use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// The name of a lock: 1 to 200 bytes of letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockKey(Arc<str>);

/// A text that can't name a lock.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` can't name a lock: use 1 to 200 letters, digits, `-`, `_` and `.`")]
pub struct InvalidLockKey(String);

impl LockKey {
    /// Checks a name.
    ///
    /// # Errors
    /// When it is empty, too long, or has other characters.
    pub fn new(name: &str) -> Result<Self, InvalidLockKey> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        if (1..=200).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidLockKey(name.escape_debug().take(200).collect()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
