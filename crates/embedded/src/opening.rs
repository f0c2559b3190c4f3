use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::Database;

use crate::OpenError;
use crate::confirmed::Confirmed;
use crate::creation::{self, NotCreated};
use crate::lock_file::{LockFile, Refused};
use crate::opened::Opened;
use crate::tables::{self, FORMAT, Format};

/// Bytes of the database kept in memory. A fleet of 100,000 groups fits.
const CACHE: usize = 64 << 20;

/// Takes the directory, makes the database if there is none, checks it, and opens it.
pub(crate) fn open(dir: &Path) -> Result<Opened, OpenError> {
    prepare(dir)?;
    let can_not_use = |file: &Path, cause| OpenError::CanNotUse {
        dir: dir.to_owned(),
        file: file.to_owned(),
        cause,
    };
    let lock = dir.join("lock");
    let lock = LockFile::take(&lock).map_err(|refused| match refused {
        Refused::Held { by } => OpenError::InUse {
            dir: dir.to_owned(),
            by,
        },
        Refused::Failed(cause) => can_not_use(&lock, cause),
    })?;
    let file = dir.join("groupkeeper.redb");
    let explain = |e: redb::Error| explain(dir, &file, e);
    let note = dir.join("confirmed");
    let confirmed = Confirmed::open(&note).map_err(|e| match e.kind() {
        io::ErrorKind::InvalidData => OpenError::NoteDamaged {
            file: file.clone(),
            note: note.clone(),
        },
        _ => can_not_use(&note, e),
    })?;
    let behind = |found| match &confirmed {
        Some(confirmed) if found < confirmed.count() => Err(OpenError::Behind {
            file: file.clone(),
            found,
            confirmed: confirmed.count(),
            note: note.clone(),
        }),
        _ => Ok(()),
    };
    if !file.try_exists().map_err(|e| can_not_use(&file, e))? {
        behind(0)?;
        creation::create(&file).map_err(|e| match e {
            NotCreated::Io(cause) => can_not_use(&file, cause),
            NotCreated::Database(e) => explain(e),
        })?;
    }
    // The library may panic over bytes that it did not write.
    let opened = catch_unwind(AssertUnwindSafe(|| checked(&file)));
    let (database, format) = match opened {
        Ok(opened) => opened.map_err(explain)?,
        Err(_) => return Err(corrupt(&file, "the database library failed on it")),
    };
    match format {
        Format::Known(FORMAT) => {
            let writes = tables::writes_in(&database).map_err(explain)?;
            behind(writes)?;
            let confirmed = match confirmed {
                Some(confirmed) => confirmed,
                None => Confirmed::create(&note, writes).map_err(|e| can_not_use(&note, e))?,
            };
            Ok(Opened::new(database, file, confirmed, lock))
        }
        Format::Known(found) => Err(OpenError::Newer {
            file,
            found,
            known: FORMAT,
        }),
        Format::Foreign => Err(corrupt(&file, "it is a database of another program")),
    }
}

fn prepare(dir: &Path) -> Result<(), OpenError> {
    if dir.exists() && !dir.is_dir() {
        return Err(OpenError::NotADirectory {
            dir: dir.to_owned(),
        });
    }
    creation::create_directory(dir).map_err(|cause| OpenError::CanNotCreate {
        dir: dir.to_owned(),
        cause,
    })
}

/// Opens a database that is there, and tells whose it is.
pub(crate) fn checked(file: &Path) -> Result<(Database, Format), redb::Error> {
    let database = Database::builder()
        .set_cache_size(CACHE)
        // Otherwise a file that was damaged while nobody had it open is trusted.
        .set_check_integrity_on_open(true)
        .open(file)?;
    let format = tables::format(&database)?;
    Ok((database, format))
}

fn corrupt(file: &Path, why: impl Into<String>) -> OpenError {
    OpenError::Corrupt {
        file: file.to_owned(),
        why: why.into(),
    }
}

fn explain(dir: &Path, file: &Path, e: redb::Error) -> OpenError {
    match e {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => OpenError::InUse {
            dir: dir.to_owned(),
            by: "a process that opened the database by itself".to_owned(),
        },
        // Too short, or not a database: nothing is wrong with the disk.
        redb::Error::Io(cause)
            if matches!(
                cause.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
            ) =>
        {
            corrupt(file, cause.to_string())
        }
        redb::Error::Io(cause) => OpenError::CanNotUse {
            dir: dir.to_owned(),
            file: file.to_owned(),
            cause,
        },
        other => corrupt(file, other.to_string()),
    }
}
