//! What cargo knows about this workspace.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

/// The workspace's root, wherever the command was started.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// The workspace's own packages, without their dependencies.
pub(crate) fn members() -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).no_deps();
    command.exec().context("cargo cannot read this workspace")
}

/// Every package of the lock file for every platform and feature; fails when the lock file is stale.
pub(crate) fn locked() -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command
        .current_dir(root())
        .features(CargoOpt::AllFeatures)
        .other_options(vec!["--locked".to_owned()]);
    command
        .exec()
        .context("Cargo.lock is not current, or a package cannot be fetched")
}
