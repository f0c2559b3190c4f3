//! Which crates have protobuf files, and what is generated from them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// A crate with `.proto` files under `proto/`, whose code is committed under `src/proto/`.
pub(crate) struct ProtoCrate {
    /// The crate's folder, from the workspace's root.
    pub(crate) folder: &'static str,
    /// Whether code that calls the services is wanted.
    pub(crate) client: bool,
    /// Whether code that serves them is wanted.
    pub(crate) server: bool,
    /// A file for the encoded descriptors, which gRPC reflection serves.
    pub(crate) descriptor: Option<&'static str>,
}

/// Every crate with protobuf files. One whose `proto/` is missing or empty is passed over.
pub(crate) const PROTO_CRATES: &[ProtoCrate] = &[
    ProtoCrate {
        folder: "crates/rpc",
        client: true,
        server: true,
        descriptor: Some("descriptor.bin"),
    },
    ProtoCrate {
        folder: "crates/etcd",
        client: true,
        server: false,
        descriptor: None,
    },
    // A server too: its tests answer as a filer that fails on demand.
    ProtoCrate {
        folder: "crates/seaweedfs",
        client: true,
        server: true,
        descriptor: None,
    },
];

impl ProtoCrate {
    /// Where imports are looked up.
    pub(crate) fn proto_folder(&self, root: &Path) -> PathBuf {
        root.join(self.folder).join("proto")
    }

    /// Where the generated files are committed.
    pub(crate) fn output_folder(&self, root: &Path) -> PathBuf {
        root.join(self.folder).join("src").join("proto")
    }

    /// The `.proto` files in every folder below `proto/`, sorted.
    pub(crate) fn proto_files(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![self.proto_folder(root)];
        while let Some(folder) = folders.pop() {
            if !folder.is_dir() {
                continue;
            }
            let entries = fs::read_dir(&folder)
                .with_context(|| format!("cannot list {}", folder.display()))?;
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ext| ext == "proto") {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
