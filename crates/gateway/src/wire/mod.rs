//! Kafka's primitive types: read with every length checked, written by hand.

mod list;
mod malformed;
mod reader;
mod text;
mod writer;

pub(crate) use list::{Element, List};
pub(crate) use malformed::Malformed;
pub(crate) use reader::Reader;
pub(crate) use text::Text;
pub(crate) use writer::Writer;

/// The most bytes a string may have: older versions carry its length in 15 bits, and newer ones are
/// held to the same.
pub(crate) const MAX_STRING: usize = 32_767;
