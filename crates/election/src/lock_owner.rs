use std::fmt;
use std::sync::Arc;

/// Who holds a lock, as the lock service says: the advertised `host:port` of a gateway, ours or the
/// reference's, or whatever another program wrote. It is only ever compared and shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockOwner(Arc<str>);

impl LockOwner {
    /// An owner called so.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LockOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_debug())
    }
}
