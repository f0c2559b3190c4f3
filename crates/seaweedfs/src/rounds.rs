//! The rounds: again and again the masters are asked which filers there are, and so which of them
//! decides.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tonic::Code;

use crate::ServerAddress;
use crate::acquaintance::Acquaintance;
use crate::copies::Copies;
use crate::failure::{Failure, shown};
use crate::filer::Filer;
use crate::masters::Masters;
use crate::proto::filer_pb::{PingRequest, UnlockRequest};
use crate::rule::{Decider, FRESH, Round};
use crate::shared::Shared;
use crate::told::Told;
use crate::witness::Witness;

/// How often at least.
const EVERY: Duration = Duration::from_millis(500);
/// The most one question to a filer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);

/// Asks until it is dropped.
pub(crate) async fn keep_asking(shared: Arc<Shared>) {
    let masters = Masters::new(shared.config());
    let mut told = Told::default();
    let mut seen = Seen {
        witness: Witness::default(),
        copies: Copies::default(),
        acquaintance: Acquaintance::new(shared.config().acquaintance),
    };
    loop {
        let sent = Instant::now();
        let round = ask(&shared, &masters, &mut seen, sent).await;
        shared.deciding.heard(&round);
        told.tell(&shared, &round).await;
        // Whoever asks for a round has found the newest too old.
        sleep_until(sent + FRESH).await;
        let settles = shared.deciding.rule().settles_at();
        let next = settles.map_or(sent + EVERY, |at| at.min(sent + EVERY));
        let _ = timeout_at(next, shared.filers.refresh_wanted()).await;
    }
}

/// What is kept from round to round.
struct Seen {
    witness: Witness,
    copies: Copies,
    acquaintance: Acquaintance,
}

async fn ask(shared: &Shared, masters: &Masters, seen: &mut Seen, sent: Instant) -> Round {
    let key = shared.key.as_str();
    let mut known = None;
    let named = match masters.ask().await {
        Err(why) => Err(why),
        Ok(listed) => {
            let decider = listed.decider(key);
            let filers = listed.filers.iter().map(|filer| &filer.address);
            seen.acquaintance.listed(filers, Instant::now());
            known = decider.is_some().then(|| {
                let addresses = listed.filers.into_iter().map(|filer| filer.address);
                shared.filers.updated(addresses.collect())
            });
            // One that was elected just now knows of none yet.
            decider.ok_or_else(|| format!("master {} leads, and knows of no filer", listed.leader))
        }
    };
    let named_filer = named.as_ref().ok().and_then(|decider| {
        let mut known = known.iter().flat_map(|known| known.iter());
        let filer = known.find(|filer| filer.address == decider.address)?;
        Some((decider, filer))
    });
    let answers = match named_filer {
        Some((_, filer)) => answers(filer).await,
        None => false,
    };
    // All that is asked besides says nothing of when the masters named it.
    let answered = Instant::now();
    let decides = match named_filer {
        Some((decider, filer)) if answers && !shared.deciding.rule().has_settled() => {
            seen.witness
                .look(decider, filer, &shared.layout.record)
                .await
        }
        _ => {
            seen.witness.forget();
            false
        }
    };
    let missing = match named_filer {
        Some((decider, _)) if answers && !shared.deciding.rule().has_settled_on(decider) => {
            let filers = seen.acquaintance.heard_of();
            seen.copies.missing(shared, filers, decider).await
        }
        _ => None,
    };
    let stands = shared.deciding.rule().asks_filers(&named).cloned();
    let filers = match stands {
        Some(decider) => Some(all_name(shared, &seen.acquaintance, &decider).await),
        None => None,
    };
    // As long as the first decider stands, its listing is the one that must agree.
    match known {
        Some(known) if !matches!(filers, Some(Ok(()))) => shared.filers.publish(known),
        _ => {}
    }
    if let Err(why) = &named {
        shared.filers.not_found(why.clone());
    }
    Round {
        sent,
        answered,
        masters: named,
        answers,
        decides,
        missing,
        filers,
    }
}

/// Whether every filer that there may be answers and holds this one for the owner of the key. Where
/// the masters' leader lists any of them, that one has its ring from there; so no listing that names
/// another decider has any of them, unless it is very new.
async fn all_name(
    shared: &Shared,
    acquaintance: &Acquaintance,
    decider: &Decider,
) -> Result<(), String> {
    let key = shared.key.as_str();
    let all = acquaintance.all(Instant::now())?;
    let filers: Vec<_> = all.map(|address| shared.filers.at(address)).collect();
    let answers = join_all(filers.iter().map(|filer| async {
        match whom_it_names(filer, key).await {
            Ok(named) if named == decider.address => Ok(()),
            Ok(named) => Err(format!(
                "filer {}: by its ring {named} decides",
                filer.address
            )),
            Err(failure) => Err(failure.to_string()),
        }
    }));
    answers.await.into_iter().collect()
}

/// The filer that this one holds for the owner of a key.
///
/// A release is the question without an effect: the token holds no lock, and `is_moved` keeps the
/// filer from passing it on.
async fn whom_it_names(filer: &Filer, key: &str) -> Result<ServerAddress, Failure> {
    let at = &filer.address;
    let failed = |why: String| Failure::Unavailable(format!("filer {at}: {why}"));
    let request = UnlockRequest {
        name: key.to_owned(),
        renew_token: "groupkeeper asks who decides".to_owned(),
        is_moved: true,
    };
    let mut client = filer.client().map_err(|e| failed(e.to_string()))?;
    let answer = timeout(ANSWER_TIMEOUT, client.distributed_unlock(request))
        .await
        .map_err(|_| failed(format!("no answer within {ANSWER_TIMEOUT:?}")))?
        .map_err(|status| Failure::from_status(at, &status))?
        .into_inner();
    match (answer.moved_to.as_str(), answer.error.as_str()) {
        ("", "" | "lock not found" | "unlock: token mismatch") => Ok(at.clone()),
        // It has just started, and does not know who else there is.
        ("", error) => Err(failed(shown(error))),
        (moved_to, _) => ServerAddress::new(moved_to).map_err(|e| failed(e.to_string())),
    }
}

/// Whether a filer answers at all.
async fn answers(filer: &Filer) -> bool {
    let Ok(mut client) = filer.client() else {
        return false;
    };
    match timeout(ANSWER_TIMEOUT, client.ping(PingRequest {})).await {
        Ok(Ok(_)) => true,
        Ok(Err(status)) => status.code() == Code::Unimplemented,
        Err(_) => false,
    }
}
