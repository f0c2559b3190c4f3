use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::{ReadTransaction, ReadableDatabase, WriteTransaction};

use crate::confirmed::Confirmed;
use crate::lock_file::LockFile;
use crate::{opening, tables};

/// A database that was opened, and the lock on its directory. Its calls block.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Nothing after an opening that failed.
    database: RwLock<Option<redb::Database>>,
    /// After one failed call to the disk the library refuses every write until it is opened anew.
    failed: AtomicBool,
    file: PathBuf,
    confirmed: Confirmed,
    /// Let go of after the database is closed, since it comes after it here.
    _lock: LockFile,
}

/// Whether a write transaction takes effect.
pub(crate) enum End<T> {
    Commit(T),
    Abort(T),
}

impl Opened {
    pub(crate) fn new(
        database: redb::Database,
        file: PathBuf,
        confirmed: Confirmed,
        lock: LockFile,
    ) -> Self {
        let database = RwLock::new(Some(database));
        Self {
            database,
            failed: AtomicBool::new(false),
            file,
            confirmed,
            _lock: lock,
        }
    }

    /// Reads from what was last committed. Nobody is told of a write before it is confirmed.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, redb::Error> {
        self.with(|database| {
            let transaction = database.begin_read()?;
            let answer = read(&transaction)?;
            self.confirmed.raise(tables::writes(&transaction)?)?;
            Ok(answer)
        })
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
            let (answer, writes) = match write(&transaction)? {
                End::Abort(answer) => {
                    let writes = tables::writes_before(&transaction)?;
                    transaction.abort()?;
                    (answer, writes)
                }
                End::Commit(answer) => {
                    let writes = tables::count_write(&transaction)?;
                    transaction.commit()?;
                    (answer, writes)
                }
            };
            self.confirmed.raise(writes)?;
            Ok(answer)
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
        let database = opening::checked(&self.file)?.0;
        let (found, confirmed) = (tables::writes_in(&database)?, self.confirmed.count());
        if found < confirmed {
            return Err(redb::Error::Corrupted(format!(
                "it has {found} of {confirmed} writes that were confirmed: stop this program, and \
                 start it again to be told what to do"
            )));
        }
        *place = Some(database);
        self.failed.store(false, Ordering::SeqCst);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn add_one(opened: &Opened) -> Result<u64, redb::Error> {
        opened.write(|_| Ok(End::Commit(())))?;
        Ok(opened.confirmed.count())
    }

    /// As a write whose thread has not come to confirm it yet.
    fn commit_unconfirmed(opened: &Opened) {
        let committed = opened.with(|database| {
            let transaction = database.begin_write()?;
            tables::count_write(&transaction)?;
            Ok(transaction.commit()?)
        });
        committed.unwrap();
    }

    #[test]
    fn nobody_is_told_of_a_write_that_is_not_confirmed() {
        let dir = TempDir::new().unwrap();
        let opened = opening::open(dir.path()).unwrap();
        assert_eq!(add_one(&opened).unwrap(), 1);
        commit_unconfirmed(&opened);
        assert_eq!(opened.confirmed.count(), 1);
        opened.read(|_| Ok(())).unwrap();
        assert_eq!(opened.confirmed.count(), 2);
        commit_unconfirmed(&opened);
        opened.write(|_| Ok(End::Abort(()))).unwrap();
        assert_eq!(opened.confirmed.count(), 3);
    }

    #[test]
    fn a_disk_that_comes_back_with_less_is_not_gone_on_with() {
        let dir = TempDir::new().unwrap();
        let opened = opening::open(dir.path()).unwrap();
        add_one(&opened).unwrap();
        let (file, older) = (
            dir.path().join("groupkeeper.redb"),
            dir.path().join("older"),
        );
        fs::copy(&file, &older).unwrap();
        add_one(&opened).unwrap();
        fs::rename(&older, &file).unwrap();
        opened.failed.store(true, Ordering::SeqCst);
        for _ in 0..2 {
            let error = add_one(&opened).unwrap_err().to_string();
            assert!(error.contains("1 of 2 writes"), "{error}");
        }
        assert!(opened.read(|_| Ok(())).is_err());
    }
}
