//! The committed files, compared with what was just generated.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::generate::Generated;
use crate::is_generated;

/// One committed file that is not what the `.proto` files say.
pub(crate) enum Change {
    /// Missing, or with other bytes.
    Write {
        path: PathBuf,
        bytes: Vec<u8>,
        /// Where the first difference is, for a person.
        difference: String,
    },
    /// Generated once, and from nothing any more.
    Remove { path: PathBuf },
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write {
                path, difference, ..
            } => write!(out, "{}: {difference}", path.display()),
            Self::Remove { path } => write!(out, "{}: generated from nothing", path.display()),
        }
    }
}

/// What has to change in `folder` for it to hold `generated` and no other generated file.
pub(crate) fn compare(folder: &Path, generated: Generated) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            if path.is_dir() || generated.contains_key(name) {
                continue;
            }
            let bytes =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if is_generated(name, &bytes) {
                changes.push(Change::Remove { path });
            }
        }
    }
    for (name, bytes) in generated {
        let path = folder.join(name);
        let difference = match fs::read(&path) {
            Ok(old) if old == bytes => continue,
            Ok(old) => first_difference(&old, &bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "missing".to_owned(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        changes.push(Change::Write {
            path,
            bytes,
            difference,
        });
    }
    Ok(changes)
}

/// Writes one generated file, and the folder it goes into.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Removes one file that nothing generates any more.
pub(crate) fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

fn first_difference(old: &[u8], new: &[u8]) -> String {
    let same = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    let line = old[..same].iter().filter(|byte| **byte == b'\n').count() + 1;
    format!("differs from line {line} on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_file_without_a_source_goes_and_a_written_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old.rs"), "// @generated from gone\n").unwrap();
        fs::write(folder.path().join("mod.rs"), "mod kept;\n").unwrap();
        let changes = compare(folder.path(), Generated::new()).unwrap();
        assert_eq!(changes.len(), 1);
        changes[0].apply().unwrap();
        assert!(!folder.path().join("old.rs").exists());
        assert!(folder.path().join("mod.rs").exists());
    }

    #[test]
    fn names_the_line_that_differs() {
        assert_eq!(
            first_difference(b"a\nb\nc", b"a\nb\nd"),
            "differs from line 3 on"
        );
    }
}
