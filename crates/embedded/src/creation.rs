use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::tables;

/// Why an empty database could not be made.
pub(crate) enum NotCreated {
    Io(io::Error),
    Database(redb::Error),
}

impl From<io::Error> for NotCreated {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// Makes an empty database, beside its place at first: a file in its place is always a whole
/// database, so one that is empty or torn is a loss and never taken for a beginning.
///
/// The caller holds the directory's lock.
pub(crate) fn create(file: &Path) -> Result<(), NotCreated> {
    in_place(file, |unfinished| {
        let filled = redb::Database::create(unfinished)
            .map_err(redb::Error::from)
            .and_then(|db| {
                tables::create(&db)?;
                Ok(db.close()?)
            });
        filled.map_err(NotCreated::Database)
    })
}

/// Makes a file beside its place, and moves it there when it is whole.
pub(crate) fn in_place<T, E: From<io::Error>>(
    file: &Path,
    fill: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<T, E> {
    let unfinished = file.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    let filled = fill(&unfinished)?;
    fs::rename(&unfinished, file)?;
    file.parent().map_or(Ok(()), sync_directory)?;
    Ok(filled)
}

/// Makes a directory and those above it. Without their being synced, a power cut could take a
/// directory along whose files were.
pub(crate) fn create_directory(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
    above.map_or(Ok(()), create_directory)?;
    match fs::create_dir(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists || !dir.is_dir() => Err(e),
        _ => sync_directory(above.unwrap_or(Path::new("."))),
    }
}

#[cfg(unix)]
fn sync_directory(dir: &Path) -> io::Result<()> {
    match File::open(dir)?.sync_all() {
        // Not every file system can.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
