use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// The name of a fleet as Kafka clients see it: 1 to 249 printable ASCII characters. Clones share
/// the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterId(Arc<str>);

/// A text that can't be a cluster ID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` can't be a cluster ID: give 1 to 249 printable ASCII characters without spaces")]
pub struct InvalidClusterId {
    text: String,
}

impl ClusterId {
    /// Checks a name.
    ///
    /// # Errors
    /// When it is empty, longer than 249 bytes, or has a character that is not printable ASCII.
    pub fn new(text: &str) -> Result<Self, InvalidClusterId> {
        let plain = text.bytes().all(|c| c.is_ascii_graphic());
        if plain && (1..=249).contains(&text.len()) {
            return Ok(Self(text.into()));
        }
        Err(InvalidClusterId {
            text: text.escape_debug().take(300).collect(),
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_and_refuses_the_rest() {
        assert_eq!(ClusterId::new("fleet-1").unwrap().as_str(), "fleet-1");
        assert!(ClusterId::new(&"f".repeat(249)).is_ok());
        for bad in ["", "a b", "a\n", "é", &"f".repeat(250)] {
            let error = ClusterId::new(bad).expect_err(bad).to_string();
            assert!(!error.contains('\n') && error.len() < 500, "{error}");
        }
    }
}
