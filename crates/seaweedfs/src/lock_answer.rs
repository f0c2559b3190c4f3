use groupkeeper_election::{LockOwner, LockToken};

use crate::ServerAddress;
use crate::failure::{Failure, shown};
use crate::filer::Filer;
use crate::proto::filer_pb::{LockRequest, LockResponse};

/// What a filer says about a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LockAnswer {
    /// It is held under this token now.
    Granted(LockToken),
    /// Somebody holds it, under another token.
    Held(LockOwner),
    /// Nobody holds it, and the token that was sent does not either.
    NotHeld,
}

/// Asks one filer, which passes the request on where it does not decide itself.
///
/// # Errors
/// Inside, the filer that should have been asked, where this one only names it.
pub(crate) async fn ask_for_lock(
    filer: &Filer,
    request: &LockRequest,
) -> Result<Result<LockAnswer, ServerAddress>, Failure> {
    let at = &filer.address;
    let mut client = filer
        .client()
        .map_err(|e| Failure::Unavailable(format!("{at}: {e}")))?;
    let answer = client.distributed_lock(request.clone()).await;
    read(
        at,
        &answer
            .map_err(|status| Failure::from_status(at, &status))?
            .into_inner(),
    )
}

const HELD: &str = "lock already owned by ";

/// The call's status is OK whatever happened: the answer's own fields tell.
fn read(
    at: &ServerAddress,
    answer: &LockResponse,
) -> Result<Result<LockAnswer, ServerAddress>, Failure> {
    let owner = |otherwise: &str| {
        let known = if answer.lock_owner.is_empty() {
            otherwise
        } else {
            &answer.lock_owner
        };
        LockAnswer::Held(LockOwner::new(known))
    };
    match answer.error.as_str() {
        "" if !answer.renew_token.is_empty() => {
            Ok(Ok(LockAnswer::Granted(LockToken::new(&answer.renew_token))))
        }
        "" => match ServerAddress::new(&answer.lock_host_moved_to) {
            Ok(moved_to) if moved_to != *at => Ok(Err(moved_to)),
            _ => Err(Failure::Unavailable(format!(
                "filer {at}: an empty answer about a lock"
            ))),
        },
        "lock: token mismatch" => Ok(Ok(owner("somebody"))),
        "lock: non-empty token on an expired lock" | "lock: non-empty token on a new lock" => {
            Ok(Ok(LockAnswer::NotHeld))
        }
        error => match error.strip_prefix(HELD) {
            Some(name) => Ok(Ok(owner(name))),
            // Also what a filer says that could not reach the one that decides.
            None => Err(Failure::Unavailable(format!(
                "filer {at}: {}",
                shown(error)
            ))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(token: &str, owner: &str, moved_to: &str, error: &str) -> LockResponse {
        LockResponse {
            renew_token: token.to_owned(),
            lock_owner: owner.to_owned(),
            lock_host_moved_to: moved_to.to_owned(),
            error: error.to_owned(),
        }
    }

    fn understood(answer: &LockResponse) -> Result<Result<LockAnswer, ServerAddress>, Failure> {
        read(&ServerAddress::new("f:8888").unwrap(), answer)
    }

    #[test]
    fn a_token_is_a_grant_and_every_error_is_read() {
        let granted = |text| Ok(Ok(LockAnswer::Granted(LockToken::new(text))));
        let held = |by| Ok(Ok(LockAnswer::Held(LockOwner::new(by))));
        assert_eq!(understood(&answer("t", "", "", "")), granted("t"));
        assert_eq!(
            understood(&answer("t", "h:1", "g:8888.18888", "")),
            granted("t")
        );
        let error = "lock already owned by h:1";
        assert_eq!(understood(&answer("", "h:1", "", error)), held("h:1"));
        assert_eq!(understood(&answer("", "", "", error)), held("h:1"));
        assert_eq!(
            understood(&answer("", "h:1", "", "lock: token mismatch")),
            held("h:1")
        );
        for error in ["an expired lock", "a new lock"] {
            let error = format!("lock: non-empty token on {error}");
            assert_eq!(
                understood(&answer("", "", "", &error)),
                Ok(Ok(LockAnswer::NotHeld))
            );
        }
    }

    #[test]
    fn an_error_is_never_a_grant_and_a_transport_error_is_no_verdict() {
        for error in [
            "rpc error: code = Unavailable",
            "no lock server found",
            "lock not held",
        ] {
            assert!(
                understood(&answer("t", "h:1", "", error)).is_err(),
                "{error}"
            );
        }
        assert!(understood(&answer("", "", "", "")).is_err());
    }

    #[test]
    fn an_answer_that_only_names_another_filer_is_followed() {
        let moved_to = ServerAddress::new("g:8888").unwrap();
        assert_eq!(
            understood(&answer("", "", "g:8888.18888", "")),
            Ok(Err(moved_to))
        );
        assert!(
            understood(&answer("", "", "f:8888.18888", "")).is_err(),
            "to itself"
        );
        assert!(understood(&answer("", "", "nonsense", "")).is_err());
    }
}
