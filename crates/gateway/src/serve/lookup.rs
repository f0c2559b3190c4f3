use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use groupkeeper_types::GroupName;
use tokio_util::sync::CancellationToken;

use super::responder::{Responder, known};
use crate::api::find_coordinator::{self, FindCoordinatorRequest, Found};
use crate::api::{ErrorCode, Header, respond};
use crate::wire::Text;

/// A FindCoordinator that takes asking somebody.
#[derive(Debug)]
pub(crate) struct Lookup<'a> {
    pub(crate) header: Header,
    pub(crate) request: FindCoordinatorRequest<'a>,
}

impl Lookup<'_> {
    /// Asks for what is not known and appends the answer. When the time is up, or half the grace
    /// after `stop`, what is still missing is answered as unknown (15).
    pub(crate) async fn finish(
        self,
        responder: &Responder,
        stop: &CancellationToken,
        out: &mut Vec<u8>,
    ) {
        let mut found = known_of(responder, &self.request);
        // A permit that is not there at once means that enough others wait already.
        if let Ok(_permit) = responder.lookups.try_acquire() {
            let stopped = async {
                stop.cancelled().await;
                tokio::time::sleep(responder.limits.grace / 2).await;
            };
            tokio::select! {
                () = find_all(responder, &self.request, &mut found) => {}
                () = tokio::time::sleep(responder.limits.lookup_within) => {}
                () = stopped => {}
            }
        }
        let missing = || Found::Error(ErrorCode::CoordinatorNotAvailable);
        let found = found.into_iter().map(|found| found.unwrap_or_else(missing));
        respond(&self.header, out, |writer| {
            let (version, most) = (self.header.version, self.request.max_keys());
            find_coordinator::write(writer, version, most, self.request.keys().zip(found));
        });
    }
}

/// What is known of each key: asked in a function of its own, so that nothing of it is held while
/// others are found.
fn known_of(responder: &Responder, request: &FindCoordinatorRequest<'_>) -> Vec<Option<Found>> {
    let look = responder.coordinators.look();
    let shared = |key| known(&*look, key).map(|found| found.to_shared());
    request.keys().map(shared).collect()
}

/// Fills in what is missing, a few at a time. Dropped, it leaves what it had found.
async fn find_all(
    responder: &Responder,
    request: &FindCoordinatorRequest<'_>,
    found: &mut [Option<Found>],
) {
    let mut running = FuturesUnordered::new();
    let places = request.keys().zip(found.iter()).enumerate();
    let missing = places.filter(|(_, (_, found))| found.is_none());
    let missing: Vec<_> = missing.map(|(place, (key, _))| (place, key)).collect();
    for (place, key) in missing {
        if running.len() >= responder.limits.lookups_per_request
            && let Some((place, answer)) = running.next().await
        {
            put(found, place, answer);
        }
        running.push(async move { (place, find_one(responder, key).await) });
    }
    while let Some((place, answer)) = running.next().await {
        put(found, place, answer);
    }
}

async fn find_one(responder: &Responder, key: Text<'_>) -> Found {
    match key.utf8().map(GroupName::new) {
        Some(Ok(group)) => responder.coordinators.find(&group).await.into(),
        _ => Found::Error(ErrorCode::InvalidGroupId),
    }
}

fn put(found: &mut [Option<Found>], place: usize, answer: Found) {
    if let Some(slot) = found.get_mut(place) {
        *slot = Some(answer);
    }
}
