use std::sync::Arc;
use std::time::Duration;

use redb::{ReadTransaction, WriteTransaction};
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::opened::{End, Opened};

/// Longer than a disk that works ever takes.
const LIMIT: Duration = Duration::from_secs(10);
/// Threads that may read at once.
const READERS: usize = 4;

/// Runs transactions away from the threads that run tasks.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    opened: Arc<Opened>,
    readers: Arc<Semaphore>,
    /// Writers would only wait for each other inside the library, each on a thread of its own.
    writer: Arc<Semaphore>,
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
        self.run(&self.readers, |opened| opened.read(read), |done| done)
            .await
    }

    /// Makes one durable transaction. It may take effect although its caller has gone.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<End<T>, redb::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run(&self.writer, |opened| opened.write(write), |done| done)
            .await
    }

    /// The same, and tells what came of it, also when its caller has gone.
    pub(crate) async fn write_and_tell<T: 'static>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<End<T>, redb::Error> + Send + 'static,
        tell: impl FnOnce(T) + Send + 'static,
    ) -> Result<(), Failure> {
        self.run(&self.writer, |opened| opened.write(write), tell)
            .await
    }

    /// A thread can't be stopped while the disk holds it, so it keeps its place among those
    /// allowed, and the database open, until it is done, whoever has stopped waiting for it.
    async fn run<T: 'static, U: Send + 'static>(
        &self,
        allowed: &Arc<Semaphore>,
        work: impl FnOnce(&Opened) -> Result<T, redb::Error> + Send + 'static,
        then: impl FnOnce(T) -> U + Send + 'static,
    ) -> Result<U, Failure> {
        let run = async {
            let permit = Arc::clone(allowed).acquire_owned().await;
            let opened = Arc::clone(&self.opened);
            let thread = tokio::task::spawn_blocking(move || {
                let done = work(&opened);
                // Whoever hears of it may open the data anew at once.
                drop((opened, permit));
                done.map(then)
            });
            Ok(thread.await.map_err(Failure::Stopped)??)
        };
        tokio::time::timeout(LIMIT, run)
            .await
            .unwrap_or(Err(Failure::Late(LIMIT)))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::opening;

    #[tokio::test(start_paused = true)]
    async fn a_call_ends_though_the_disk_gives_no_answer() {
        let dir = TempDir::new().unwrap();
        let database = Database::new(opening::open(dir.path()).unwrap());
        let stuck = Arc::clone(&database.writer).acquire_owned().await.unwrap();
        let written = database.write(|_| Ok(End::Commit(()))).await;
        assert!(matches!(written, Err(Failure::Late(LIMIT))), "{written:?}");
        assert!(
            database.read(|_| Ok(())).await.is_ok(),
            "readers are not held up"
        );
        drop(stuck);
        assert!(database.write(|_| Ok(End::Commit(()))).await.is_ok());
    }

    #[tokio::test]
    async fn a_call_that_fails_in_the_library_takes_no_other_along() {
        let dir = TempDir::new().unwrap();
        let database = Database::new(opening::open(dir.path()).unwrap());
        for _ in 0..=READERS {
            let read = database
                .read(|_| -> Result<(), redb::Error> { panic!("a bug") })
                .await;
            assert!(matches!(read, Err(Failure::Stopped(_))), "{read:?}");
            let write = database.write(|_| -> Result<End<()>, redb::Error> { panic!("a bug") });
            assert!(matches!(write.await, Err(Failure::Stopped(_))));
        }
        assert!(database.write(|_| Ok(End::Commit(()))).await.is_ok());
    }
}
