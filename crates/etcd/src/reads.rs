use groupkeeper_assignment_store::{
    Admission, Assignment, Listed, ReadError, Undecodable, UnreadableGateway,
};
use groupkeeper_types::GatewayAddr;

use crate::failure::Failure;
use crate::layout::group_named;
use crate::names::{shown, unescape};
use crate::proto::{KeyValue, RangeRequest};
use crate::shared::Shared;

impl Shared {
    /// What stands at a key, as most members agree on it.
    pub(crate) async fn read(&self, key: Vec<u8>) -> Result<Option<KeyValue>, Failure> {
        let ask = self.ask(self.read_plan(), |caller| {
            let key = key.clone();
            async move {
                caller
                    .range(RangeRequest {
                        key,
                        ..RangeRequest::default()
                    })
                    .await
            }
        });
        Ok(ask.await?.kvs.into_iter().next())
    }
}

pub(crate) fn unreadable(what: String) -> impl FnOnce(Undecodable) -> ReadError {
    move |why| ReadError::Unreadable {
        what,
        why: why.to_string(),
    }
}

/// An entry's value as the assignment that its name tells.
pub(crate) fn assignment(name: &[u8], value: &[u8]) -> Result<Assignment, Undecodable> {
    let assignment = Assignment::decode(value)?;
    let named = group_named(name);
    if named.as_ref() == Some(&assignment.group) {
        return Ok(assignment);
    }
    let group = assignment.group;
    let why = format!("it is the assignment of another group, {group}");
    Err(Undecodable::new(why))
}

/// An entry of a listing of assignments.
pub(crate) fn listed(name: &[u8], value: &[u8]) -> Listed {
    match assignment(name, value) {
        Ok(assignment) => Listed::Assignment(assignment),
        Err(why) => Listed::Unreadable {
            name: shown(name),
            group: group_named(name),
            why: why.to_string(),
        },
    }
}

/// An entry of the stored set of gateways.
pub(crate) fn gateway(name: &[u8], value: &[u8]) -> Result<Admission, UnreadableGateway> {
    let text = std::str::from_utf8(name).ok().and_then(unescape);
    let addr = text.and_then(|text| GatewayAddr::stored(&text).ok());
    let unreadable = |why: String| UnreadableGateway {
        name: shown(name),
        addr: addr.clone(),
        why,
    };
    let gateway = Admission::decode(value).map_err(|why| unreadable(why.to_string()))?;
    if addr.as_ref() == Some(gateway.addr()) {
        return Ok(gateway);
    }
    let other = gateway.addr();
    Err(unreadable(format!(
        "it is the record of another gateway, {other}"
    )))
}
