use std::env::{self, VarError};
use std::io::{self, IsTerminal as _};

use thiserror::Error;
use tracing_subscriber::EnvFilter;

/// `RUST_LOG` says something that is no filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "RUST_LOG is `{text}`, which is no filter ({why}): give a level like `debug`, or levels by part \
     like `info,groupkeeper_registry=debug`, or unset it"
)]
pub(crate) struct InvalidFilter {
    text: String,
    why: String,
}

/// Writes the log to standard error from now on: what `RUST_LOG` says, or `level` and above.
///
/// # Errors
/// When `RUST_LOG` is no filter.
pub(crate) fn start(level: &str) -> Result<(), InvalidFilter> {
    let wanted = wanted()?;
    let with_target = wanted.is_some();
    let filter = filter(wanted.as_deref().unwrap_or(level))?;
    let stderr = io::stderr();
    let colour = stderr.is_terminal() && env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(with_target)
        .with_ansi(colour)
        // Its way to complain about a closed standard error is a panic.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    // Somebody else's subscriber, in a test say, may be there already.
    drop(subscriber.try_init());
    Ok(())
}

fn wanted() -> Result<Option<String>, InvalidFilter> {
    match env::var("RUST_LOG") {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(text)) => Err(InvalidFilter {
            text: text.to_string_lossy().escape_debug().take(200).collect(),
            why: "it is not UTF-8".to_owned(),
        }),
    }
}

fn filter(text: &str) -> Result<EnvFilter, InvalidFilter> {
    EnvFilter::try_new(text).map_err(|error| InvalidFilter {
        text: text.escape_debug().take(200).collect(),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_taken_or_refused_with_a_cure() {
        assert!(filter("info,groupkeeper_registry=debug").is_ok());
        let error = filter("groupkeeper=loud").unwrap_err().to_string();
        assert!(error.contains("`groupkeeper=loud`"), "{error}");
        assert!(error.contains("give a level like `debug`"), "{error}");
    }
}
