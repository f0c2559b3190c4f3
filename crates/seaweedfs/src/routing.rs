//! Which filer decides.
//!
//! Every filer passes a fleet's transactions on to the one that its view of the others makes the
//! owner of the fleet's key. A filer that has just started has no such view yet and decides by
//! itself, which would be a second place of decision: so no transaction goes through a filer that
//! names another owner than most do, or none.
//!
//! What is asked for is the owner of the lock. For five seconds after filers came or went, filers
//! still pass transactions on to the owner before that; then both are one again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::ServerAddress;
use crate::failure::{Failure, shown};
use crate::filer::Filer;
use crate::proto::filer_pb::UnlockRequest;
use crate::shared::Shared;

/// The most one question may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// Asks every filer who decides, and takes the answer of the most of them.
pub(crate) async fn find_owner(shared: &Shared, filers: &[Arc<Filer>]) {
    let named = join_all(filers.iter().map(|filer| async {
        let named = whom_it_names(filer, shared.key.as_str()).await.ok()?;
        filer.named(named.clone());
        Some(named)
    }));
    let mut votes = BTreeMap::<ServerAddress, usize>::new();
    for owner in named.await.into_iter().flatten() {
        *votes.entry(owner).or_default() += 1;
    }
    let most = votes.values().copied().max();
    let mut best = votes.into_iter().filter(|(_, count)| Some(*count) == most);
    // Where as many name another one, nothing is known that was not known before.
    if let (Some((owner, _)), None) = (best.next(), best.next()) {
        shared.filers.set_owner(owner);
    }
}

impl Shared {
    /// Whether a transaction may go through this filer.
    pub(crate) async fn may_write_through(&self, filer: &Filer) -> Result<(), Failure> {
        let named = match filer.names() {
            Some(named) => named,
            None => whom_it_names(filer, self.key.as_str()).await?,
        };
        filer.named(named.clone());
        match self.filers.owner() {
            Some(owner) if owner == named => Ok(()),
            Some(owner) => Err(Failure::Unavailable(format!(
                "filer {}: it says that {named} decides, and others that {owner} does",
                filer.address
            ))),
            None => Err(Failure::Unavailable(format!(
                "filer {}: the filers do not agree yet on which of them decides",
                filer.address
            ))),
        }
    }
}

/// The filer that this one would pass the key's requests on to.
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
