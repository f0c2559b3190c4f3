use std::error::Error;
use std::fmt;

use groupkeeper_assignment_store::{ReadError, WriteError};
use groupkeeper_election::LockUnavailable;
use tonic::{Code, Status};

use crate::ServerAddress;

/// Why no filer gave a usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It may go away by itself.
    Unavailable(String),
    /// Every filer that answered lacks something.
    Unsupported(String),
    /// Every filer that answered has a copy older than what this process has seen.
    Lagging(String),
}

impl Failure {
    /// What a filer's status says about one call.
    pub(crate) fn from_status(filer: &ServerAddress, status: &Status) -> Self {
        if status.code() == Code::Unimplemented {
            return Self::Unsupported(format!(
                "the filer {filer} does not know this request ({}): it needs SeaweedFS 4.48 or \
                 newer, on every filer",
                shown(status.message())
            ));
        }
        Self::Unavailable(format!("filer {filer}: {}", told(status)))
    }

    /// One failure for those of several filers: what goes away by itself outweighs what does not.
    pub(crate) fn join(self, other: Self) -> Self {
        let text = if self.why() == other.why() {
            self.why().to_owned()
        } else {
            format!("{}; {}", self.why(), other.why())
        };
        match (self, other) {
            (Self::Unsupported(_), Self::Unsupported(_)) => Self::Unsupported(text),
            (Self::Lagging(_), _) | (_, Self::Lagging(_)) => Self::Lagging(text),
            _ => Self::Unavailable(text),
        }
    }

    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Unavailable(why) | Self::Unsupported(why) | Self::Lagging(why) => why,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unsupported(why) => Self::Unsupported { why },
            other => Self::unavailable(other),
        }
    }
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unsupported(why) => Self::Unsupported { why },
            other => Self::unavailable(other),
        }
    }
}

impl From<Failure> for LockUnavailable {
    fn from(failure: Failure) -> Self {
        Self::new(failure)
    }
}

/// A status with its causes: of a connection that broke it says "transport error" by itself.
pub(crate) fn told(status: &Status) -> String {
    let message = shown(status.message());
    with_causes(format!("{:?}: {message}", status.code()), status.source())
}

/// An error's text, and those of its causes that it does not tell already.
pub(crate) fn with_causes(text: String, mut cause: Option<&(dyn Error + 'static)>) -> String {
    let mut text = text;
    while let Some(error) = cause {
        let next = shown(&error.to_string());
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

/// A server's text for a log: one line, and not longer than it helps.
pub(crate) fn shown(text: &str) -> String {
    text.escape_debug().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_filers_that_all_lack_something_are_unsupported() {
        let filer = ServerAddress::new("f:8888").unwrap();
        let old = Failure::from_status(&filer, &Status::unimplemented("unknown method"));
        let down = Failure::from_status(&filer, &Status::unavailable("a\nb"));
        assert!(matches!(&old, Failure::Unsupported(why) if why.contains("f:8888")));
        assert_eq!(down.why(), "filer f:8888: Unavailable: a\\nb");
        assert!(matches!(
            old.clone().join(old.clone()),
            Failure::Unsupported(_)
        ));
        assert!(matches!(old.join(down), Failure::Unavailable(_)));
    }
}
