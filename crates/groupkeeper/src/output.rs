//! Standard output: results and nothing else.

mod table;

use std::io::{self, Write as _};

use serde::Serialize;
use thiserror::Error;

pub(crate) use table::Table;

/// Standard output could not be written.
#[derive(Debug, Error)]
#[error("standard output can't be written: {0}")]
pub struct PrintError(#[from] io::Error);

/// Writes a result as it is. A reader that has gone away has seen enough: that is no error.
pub(crate) fn print(text: &str) -> Result<(), PrintError> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Writes a result as JSON, on lines of their own.
pub(crate) fn print_json(result: &impl Serialize) -> Result<(), PrintError> {
    let mut text = serde_json::to_string_pretty(result).map_err(io::Error::from)?;
    text.push('\n');
    print(&text)
}
