//! [`PeerError`] as a gRPC status and back, with nothing lost but the end of a very long text.

use groupkeeper_registry::peer::PeerError;
use groupkeeper_types::RpcAddr;
use tonic::metadata::MetadataMap;
use tonic::{Code, Response, Status};

use crate::InvalidMessage;
use crate::text::{cut, one_line, with_causes};

/// Which error a gateway answered with. The code alone can't tell: a broken network is UNAVAILABLE
/// too, and must never look like an answer.
const KIND: &str = "groupkeeper-error";
/// Where the leader answers.
const LEADER: &str = "groupkeeper-leader";

const UNREACHABLE: &str = "unreachable";
const NOT_LEADER: &str = "not-leader";
const NOT_AVAILABLE: &str = "not-available";
const NOT_FOUND: &str = "not-found";
const REFUSED: &str = "refused";
const INVALID: &str = "invalid";

/// The status that says this error.
fn to_status(error: &PeerError) -> Status {
    let (code, kind, text) = match error {
        PeerError::Unreachable { why } => (Code::Unavailable, UNREACHABLE, why.clone()),
        PeerError::NotLeader { .. } => (Code::FailedPrecondition, NOT_LEADER, error.to_string()),
        PeerError::NotAvailable { why } => (Code::Unavailable, NOT_AVAILABLE, why.clone()),
        PeerError::NotFound { what } => (Code::NotFound, NOT_FOUND, what.clone()),
        PeerError::Refused { why } => (Code::FailedPrecondition, REFUSED, why.clone()),
    };
    let mut metadata = of_kind(kind);
    if let PeerError::NotLeader {
        leader: Some(leader),
    } = error
        && let Ok(leader) = leader.as_str().parse()
    {
        metadata.insert(LEADER, leader);
    }
    Status::with_metadata(code, cut(&text), metadata)
}

/// The request is wrong.
impl From<InvalidMessage> for Status {
    fn from(error: InvalidMessage) -> Self {
        Self::with_metadata(
            Code::InvalidArgument,
            cut(&error.to_string()),
            of_kind(INVALID),
        )
    }
}

/// What a gateway says, as a call's answer.
pub(crate) fn reply<T, W: From<T>>(answer: Result<T, PeerError>) -> Result<Response<W>, Status> {
    match answer {
        Ok(answer) => Ok(Response::new(answer.into())),
        Err(error) => Err(to_status(&error)),
    }
}

/// The error that a status from `addr` says; [`PeerError::Unreachable`] for whatever no gateway said.
pub(crate) fn from_status(addr: &RpcAddr, status: &Status) -> PeerError {
    let text = one_line(status.message());
    match header(status, KIND) {
        Some(NOT_LEADER) => PeerError::NotLeader {
            leader: header(status, LEADER).and_then(|leader| RpcAddr::new(leader).ok()),
        },
        Some(NOT_AVAILABLE) => PeerError::NotAvailable { why: text },
        Some(NOT_FOUND) => PeerError::NotFound { what: text },
        Some(REFUSED) => PeerError::Refused { why: text },
        // The types leave no way to ask wrongly, so the other one has other rules.
        Some(INVALID) => PeerError::Refused {
            why: format!("{text}, says {addr}; run the same version on both sides"),
        },
        Some(UNREACHABLE) => PeerError::Unreachable { why: text },
        _ => PeerError::Unreachable {
            why: format!("{addr}: {}", one_line(&causes(status))),
        },
    }
}

fn of_kind(kind: &'static str) -> MetadataMap {
    let mut metadata = MetadataMap::with_capacity(2);
    metadata.insert(KIND, tonic::metadata::MetadataValue::from_static(kind));
    metadata
}

fn header<'a>(status: &'a Status, key: &str) -> Option<&'a str> {
    status
        .metadata()
        .get(key)
        .and_then(|value| value.to_str().ok())
}

/// What went wrong in the network.
fn causes(status: &Status) -> String {
    let text = match status.message() {
        "" => status.code().description(),
        message => message,
    };
    with_causes(text.to_owned(), status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(error: &PeerError) -> PeerError {
        from_status(&RpcAddr::new("gw:1").unwrap(), &to_status(error))
    }

    #[test]
    fn every_error_survives() {
        let leader = RpcAddr::new("[::1]:7000").unwrap();
        for error in [
            PeerError::unreachable("the leader was gone"),
            PeerError::NotLeader { leader: None },
            PeerError::NotLeader {
                leader: Some(leader),
            },
            PeerError::not_available("a change of leader, größer"),
            PeerError::NotFound {
                what: "group orders".into(),
            },
            PeerError::Refused {
                why: "node ID taken; change the address".into(),
            },
        ] {
            assert_eq!(there_and_back(&error), error);
        }
    }

    #[test]
    fn an_unavailable_network_is_no_answer() {
        let addr = RpcAddr::new("gw:1").unwrap();
        let error = from_status(&addr, &Status::unavailable("connection reset"));
        assert_eq!(error, PeerError::unreachable("gw:1: connection reset"));
        let error = from_status(&addr, &Status::failed_precondition(""));
        assert!(matches!(error, PeerError::Unreachable { .. }), "{error:?}");
    }

    #[test]
    fn a_text_stays_short_and_on_one_line() {
        let error = PeerError::not_available("é".repeat(5_000));
        let PeerError::NotAvailable { why } = there_and_back(&error) else {
            panic!("{error}")
        };
        assert_eq!(why, "é".repeat(1_024));
        let error = PeerError::not_available("a\nb\u{1b}[2J");
        let PeerError::NotAvailable { why } = there_and_back(&error) else {
            panic!("{error}")
        };
        assert_eq!(why, "a\\nb\\u{1b}[2J");
    }

    #[test]
    fn a_hostile_leader_address_is_dropped() {
        let mut status = to_status(&PeerError::NotLeader { leader: None });
        status
            .metadata_mut()
            .insert(LEADER, "0.0.0.0:1".parse().unwrap());
        let error = from_status(&RpcAddr::new("gw:1").unwrap(), &status);
        assert_eq!(error, PeerError::NotLeader { leader: None });
    }

    #[test]
    fn a_wrong_request_is_refused_by_name() {
        let status = Status::from(InvalidMessage::new("group", &"it is empty"));
        assert_eq!(status.code(), Code::InvalidArgument);
        let error = from_status(&RpcAddr::new("gw:1").unwrap(), &status);
        let PeerError::Refused { why } = error else {
            panic!("{error:?}")
        };
        assert!(why.starts_with("`group`: it is empty, says gw:1"), "{why}");
    }
}
