//! Texts of errors, as they may travel and stand in a log.

use std::error::Error;

use crate::limits::MAX_TEXT_BYTES;

/// The text and the causes below it that it does not tell already: a transport's own text is often
/// just "transport error".
pub(crate) fn with_causes(text: String, error: &dyn Error) -> String {
    let mut text = text;
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

/// A text from outside without line breaks, and not endless.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in cut(text).chars() {
        if c.is_control() {
            line.extend(c.escape_default())
        } else {
            line.push(c)
        }
    }
    line
}

/// As much of a text as is sent.
pub(crate) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}
