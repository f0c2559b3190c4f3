//! `deny.toml` as far as the check in this package enforces it.

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// The rules. A key that is not known here is an error: a rule that is written must be enforced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    #[allow(
        dead_code,
        reason = "read to refuse a file that asks for less than everything"
    )]
    graph: Graph,
    pub(super) licenses: Licences,
    pub(super) bans: Bans,
    pub(super) sources: Sources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Graph {
    #[allow(
        dead_code,
        reason = "read to refuse a file that asks for less than everything"
    )]
    all_features: Always,
}

/// A switch that this check cannot switch off.
#[derive(Deserialize)]
#[serde(try_from = "bool")]
struct Always;

impl TryFrom<bool> for Always {
    type Error = &'static str;

    fn try_from(on: bool) -> Result<Self, Self::Error> {
        on.then_some(Self)
            .ok_or("this check always looks at all features; say true")
    }
}

/// Which licences are accepted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Licences {
    pub(super) allow: Vec<String>,
    #[serde(default)]
    pub(super) exceptions: Vec<Exception>,
}

/// Licences accepted for one crate alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    #[serde(rename = "crate")]
    pub(super) name: String,
    pub(super) allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Bans {
    pub(super) multiple_versions: Level,
    pub(super) wildcards: Level,
    #[serde(default)]
    pub(super) allow_wildcard_paths: bool,
    pub(super) deny: Vec<Ban>,
}

/// A crate that must not be in the tree, in no version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ban {
    #[serde(rename = "crate")]
    pub(super) name: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Sources {
    pub(super) unknown_registry: Level,
    pub(super) unknown_git: Level,
}

/// `warn` is missing on purpose: a warning nobody must act on is soon one nobody reads.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Allow,
    Deny,
}

impl Level {
    pub(super) fn denies(self) -> bool {
        self == Self::Deny
    }
}

impl Policy {
    /// Reads the file's text.
    ///
    /// # Errors
    /// When a key is missing, or one is there that this check does not enforce.
    pub(super) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("deny.toml asks for what xtask/src/dependencies cannot check")
    }
}
