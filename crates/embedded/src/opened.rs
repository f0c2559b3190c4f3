use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::{ReadTransaction, ReadableDatabase, WriteTransaction};

use crate::lock_file::LockFile;
use crate::opening;

/// A database that was opened, and the lock on its directory. Its calls block.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Nothing after an opening that failed.
    database: RwLock<Option<redb::Database>>,
    /// After one failed call to the disk the library refuses every write until it is opened anew.
    failed: AtomicBool,
    file: PathBuf,
    /// Let go of after the database is closed, since it comes after it here.
    _lock: LockFile,
}

/// Whether a write transaction takes effect.
pub(crate) enum End<T> {
    Commit(T),
    Abort(T),
}

impl Opened {
    pub(crate) fn new(database: redb::Database, file: PathBuf, lock: LockFile) -> Self {
        let database = RwLock::new(Some(database));
        Self {
            database,
            failed: AtomicBool::new(false),
            file,
            _lock: lock,
        }
    }

    /// Reads from what was last committed.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, redb::Error> {
        self.with(|database| read(&database.begin_read()?))
    }

    /// Makes one durable transaction; opens the database anew first, when it must. One write at a
    /// time: the caller sees to it.
    pub(crate) fn write<T>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<End<T>, redb::Error>,
    ) -> Result<T, redb::Error> {
        if self.failed.load(Ordering::SeqCst) {
            self.reopen()?;
        }
        self.with(|database| {
            let transaction = database.begin_write()?;
            match write(&transaction)? {
                End::Abort(answer) => {
                    transaction.abort()?;
                    Ok(answer)
                }
                End::Commit(answer) => {
                    transaction.commit()?;
                    Ok(answer)
                }
            }
        })
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&redb::Database) -> Result<T, redb::Error>,
    ) -> Result<T, redb::Error> {
        let place = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let done = place
            .as_ref()
            .ok_or(redb::Error::DatabaseClosed)
            .and_then(work);
        if matches!(done, Err(redb::Error::Io(_) | redb::Error::PreviousIo)) {
            self.failed.store(true, Ordering::SeqCst);
        }
        done
    }

    /// No other process can come in between: the directory's lock is held all the time.
    fn reopen(&self) -> Result<(), redb::Error> {
        let mut place = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = None;
        *place = Some(opening::checked(&self.file)?.0);
        self.failed.store(false, Ordering::SeqCst);
        Ok(())
    }
}
