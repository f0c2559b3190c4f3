use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Shared;
use crate::{Answer, Call, LockRequest, LockService};

/// Makes the campaign's calls and hands it their answers and the time, until it is dropped.
pub(super) async fn run(shared: Arc<Shared>, service: Arc<dyn LockService>, request: LockRequest) {
    let _end = CloseOnDrop(Arc::clone(&shared));
    let mut reachable = true;
    // A call that is given up stays here for its late answer, for at most a time-to-live; with one
    // new call per timeout that makes a handful.
    let mut calls = JoinSet::new();
    loop {
        let (asks, pause) = shared.to_do();
        for ask in asks {
            let service = Arc::clone(&service);
            let request = request.clone();
            calls.spawn(async move {
                let answer = timeout(request.ttl, call(&*service, &request, ask.call())).await;
                (ask, answer.ok())
            });
        }
        tokio::select! {
            biased;
            () = shared.work.notified() => {}
            Some(done) = calls.join_next() => match done {
                Ok((ask, Some(answer))) => {
                    tell_reachable(&request, &answer, &mut reachable);
                    shared.input(|campaign, now| campaign.answered(now, &ask, answer));
                }
                Ok((_, None)) => {}
                // The campaign gives the call up by itself, like any that gets no answer.
                Err(error) => tracing::error!(lock = %request.key, %error, "a lock call panicked"),
            },
            () = sleep(pause) => shared.input(|campaign, now| campaign.tick(now)),
        }
    }
}

async fn call(service: &dyn LockService, request: &LockRequest, call: &Call) -> Answer {
    match call {
        Call::Acquire => Answer::Acquire(service.acquire(request).await),
        Call::Renew(token) => Answer::Renew(service.renew(request, token).await),
        Call::Release(token) => Answer::Release(service.release(&request.key, token).await),
        Call::Owner => Answer::Owner(service.owner(&request.key).await),
    }
}

/// One line when the service stops answering and one when it answers again.
fn tell_reachable(request: &LockRequest, answer: &Answer, reachable: &mut bool) {
    match answer.unavailable() {
        Some(why) if *reachable => tracing::warn!(lock = %request.key, "{why}"),
        Some(why) => tracing::debug!(lock = %request.key, "{why}"),
        None if !*reachable => {
            tracing::info!(lock = %request.key, "the lock service answers again")
        }
        None => {}
    }
    *reachable = answer.unavailable().is_none();
}

/// Tells the subscribers that nothing follows, however the task ends.
struct CloseOnDrop(Arc<Shared>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}
