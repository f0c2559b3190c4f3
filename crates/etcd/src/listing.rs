use std::sync::Arc;

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::failure::{Failure, Kind};
use crate::layout::Folder;
use crate::proto::{KeyValue, RangeRequest, RangeResponse};
use crate::shared::Shared;

/// Where a listing goes on.
struct Place {
    /// The first key that is still to come.
    from: Vec<u8>,
    /// Of which revision everything is: that of the first page. 0 before it.
    revision: i64,
    /// Entries asked for at once.
    page: i64,
}

/// All entries of a folder as of one revision, in the order of their keys.
pub(crate) fn entries(
    shared: Arc<Shared>,
    folder: &Folder,
) -> BoxStream<'static, Result<KeyValue, Failure>> {
    let from = folder.start();
    entries_from(shared, folder, from)
}

/// Those from this key on.
pub(crate) fn entries_from(
    shared: Arc<Shared>,
    folder: &Folder,
    from: Vec<u8>,
) -> BoxStream<'static, Result<KeyValue, Failure>> {
    let first = Place {
        from,
        revision: 0,
        page: i64::from(shared.config.page_size.max(1)),
    };
    let end = folder.end();
    let pages = stream::try_unfold(Some(first), move |place| {
        let (shared, end) = (Arc::clone(&shared), end.clone());
        async move {
            let Some(mut place) = place else {
                return Ok(None);
            };
            let page = page(&shared, &mut place, end).await?;
            let next = next(&place, &page);
            let entries = page.kvs.into_iter().map(Ok::<_, Failure>);
            Ok::<_, Failure>(Some((stream::iter(entries), next)))
        }
    });
    pages.try_flatten().boxed()
}

async fn page(
    shared: &Shared,
    place: &mut Place,
    range_end: Vec<u8>,
) -> Result<RangeResponse, Failure> {
    loop {
        let request = RangeRequest {
            key: place.from.clone(),
            range_end: range_end.clone(),
            limit: place.page,
            revision: place.revision,
            ..RangeRequest::default()
        };
        let answer = shared.ask(shared.read_plan(), |caller| {
            let request = request.clone();
            async move { caller.range(request).await }
        });
        match answer.await {
            Err(failure) if failure.kind == Kind::AnswerTooLarge && place.page > 1 => {
                place.page /= 2;
            }
            answer => return answer,
        }
    }
}

/// Where the listing goes on after a page; `None` after the last.
fn next(place: &Place, page: &RangeResponse) -> Option<Place> {
    let last = page.kvs.last().filter(|_| page.more)?;
    let mut from = last.key.clone();
    from.push(0);
    let first = page.header.as_ref().map_or(0, |header| header.revision);
    Some(Place {
        from,
        revision: if place.revision == 0 {
            first
        } else {
            place.revision
        },
        page: place.page,
    })
}
