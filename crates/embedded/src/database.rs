use std::sync::Arc;
use std::time::Duration;

use redb::{ReadTransaction, ReadableDatabase, WriteTransaction};
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::lock_file::LockFile;

/// Longer than a disk that works ever takes.
const LIMIT: Duration = Duration::from_secs(10);
/// Threads that may read at once.
const READERS: usize = 4;

/// A database that was opened, and the lock on its directory: the lock goes last.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) database: redb::Database,
    #[expect(dead_code, reason = "it is held until the database is closed")]
    pub(crate) lock: LockFile,
}

/// Runs transactions away from the threads that run tasks.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    opened: Arc<Opened>,
    readers: Arc<Semaphore>,
    /// Writers would only wait for each other inside the library, each on a thread of its own.
    writer: Arc<Semaphore>,
}

/// Whether a write transaction takes effect.
pub(crate) enum End<T> {
    Commit(T),
    Abort(T),
}

impl Database {
    pub(crate) fn new(opened: Opened) -> Self {
        Self {
            opened: Arc::new(opened),
            readers: Arc::new(Semaphore::new(READERS)),
            writer: Arc::new(Semaphore::new(1)),
        }
    }

    /// Reads from what was last committed.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run(&self.readers, |opened| read(&opened.database.begin_read()?))
            .await
    }

    /// Makes one durable transaction. It may take effect although its caller has gone.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<End<T>, redb::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run(&self.writer, |opened| {
            let transaction = opened.database.begin_write()?;
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
        .await
    }

    /// A thread can't be stopped while the disk holds it, so it keeps its place among those
    /// allowed, and the database open, until it is done, whoever has stopped waiting for it.
    async fn run<T: Send + 'static>(
        &self,
        allowed: &Arc<Semaphore>,
        work: impl FnOnce(&Opened) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let run = async {
            let permit = Arc::clone(allowed).acquire_owned().await;
            let opened = Arc::clone(&self.opened);
            let thread = tokio::task::spawn_blocking(move || {
                let done = work(&opened);
                drop((opened, permit));
                done
            });
            Ok(thread.await.map_err(Failure::Stopped)??)
        };
        tokio::time::timeout(LIMIT, run)
            .await
            .unwrap_or(Err(Failure::Late(LIMIT)))
    }
}
