use std::convert::Infallible;
use std::fmt::Display;

use thiserror::Error;

/// A message that breaks a rule of `groupkeeper.proto`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{field}`: {why}")]
pub struct InvalidMessage {
    field: &'static str,
    why: String,
}

impl InvalidMessage {
    pub(crate) fn new(field: &'static str, why: &dyn Display) -> Self {
        Self {
            field,
            why: why.to_string(),
        }
    }

    /// The field that is wrong, as the proto file calls it.
    pub const fn field(&self) -> &'static str {
        self.field
    }
}

/// For messages in which nothing can be wrong.
impl From<Infallible> for InvalidMessage {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The field's value, which the sender has to set.
pub(crate) fn required<T>(field: &'static str, value: Option<T>) -> Result<T, InvalidMessage> {
    value.ok_or_else(|| InvalidMessage::new(field, &"it is not set"))
}
