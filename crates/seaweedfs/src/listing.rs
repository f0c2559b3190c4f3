use std::sync::Arc;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use groupkeeper_assignment_store::{Listed, Listing, ReadError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::entries;
use crate::proto::filer_pb::Entry;
use crate::shared::Shared;

/// A page of assignments, or why there are no more.
type Page = Result<Vec<Listed>, ReadError>;

/// How many pages are read before they are asked for. One is with the reader, one is ready, and one is
/// on its way: the filer need not wait for whoever takes them in, nor that one for the filer.
const AHEAD: usize = 1;

/// Pages that a task reads. It ends with this value.
struct Reading {
    pages: mpsc::Receiver<Page>,
    task: JoinSet<()>,
}

impl Reading {
    fn start(shared: Arc<Shared>) -> Self {
        let (found, pages) = mpsc::channel(AHEAD);
        let mut task = JoinSet::new();
        task.spawn(read(shared, found));
        Self { pages, task }
    }

    async fn next(&mut self) -> Option<Page> {
        let page = self.pages.recv().await;
        if page.is_none()
            && let Some(Err(error)) = self.task.join_next().await
        {
            // A listing that was cut off must not look like a whole one.
            std::panic::resume_unwind(error.into_panic());
        }
        page
    }
}

/// Every assignment, read a little ahead of whoever takes them; nothing is read before the first is
/// asked for. It ends at the first error.
pub(crate) fn read_ahead(shared: Arc<Shared>) -> Listing {
    let start = async move { Reading::start(shared) };
    stream::once(start)
        .flat_map(|reading| {
            stream::unfold(reading, |mut reading| async move {
                let page = reading.next().await?;
                Some((page, reading))
            })
        })
        .flat_map(|page| {
            let (entries, error) = match page {
                Ok(entries) => (entries, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            stream::iter(entries.into_iter().map(Ok).chain(error))
        })
        .boxed()
}

async fn read(shared: Arc<Shared>, found: mpsc::Sender<Page>) {
    let layout = &shared.layout;
    // The second directory is not listed after the first has failed.
    for directory in [&layout.coordinators, &layout.groups] {
        let mut pages = std::pin::pin!(pages(Arc::clone(&shared), directory.clone()));
        while let Some(page) = pages.next().await {
            let failed = page.is_err();
            let listed = page.map(|page| {
                let listed = |entry| entries::listed(layout, directory, &entry);
                page.into_iter().filter_map(listed).collect()
            });
            // Whoever listed may have had enough.
            if found.send(listed).await.is_err() || failed {
                return;
            }
        }
    }
}

/// Every entry of a directory, page by page; none where there is no such directory.
pub(crate) fn directory_entries(
    shared: Arc<Shared>,
    directory: String,
) -> impl Stream<Item = Result<Entry, ReadError>> + Send + 'static {
    pages(shared, directory)
        .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
        .try_flatten()
}

fn pages(
    shared: Arc<Shared>,
    directory: String,
) -> impl Stream<Item = Result<Vec<Entry>, ReadError>> + Send + 'static {
    stream::try_unfold(
        (shared, directory, String::new()),
        |(shared, directory, after)| async move {
            let page = shared.page(&directory, &after).await?;
            let Some(last) = page.last() else {
                return Ok::<_, ReadError>(None);
            };
            let after = last.name.clone();
            Ok(Some((page, (shared, directory, after))))
        },
    )
}
