use crate::failure::Failure;
use crate::limits::Size;
use crate::proto::compare::{Target, To};
use crate::proto::request_op::Request;
use crate::proto::response_op::Response;
use crate::proto::{
    Compare, DeleteRangeRequest, KeyValue, PutRequest, RangeRequest, RequestOp, TxnRequest,
    TxnResponse,
};
use crate::shared::Shared;

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Its conditions held, and all of it was done.
    Done,
    /// One did not, and nothing was done: this stood at the key that it asks for then.
    Otherwise(Option<KeyValue>),
}

/// The key's value is this.
pub(crate) fn value_is(key: Vec<u8>, value: Vec<u8>) -> Compare {
    compare(key, Target::Value, To::Value(value))
}

/// There is no such key.
pub(crate) fn is_absent(key: Vec<u8>) -> Compare {
    compare(key, Target::Create, To::CreateRevision(0))
}

/// The key was not written since this revision of it.
pub(crate) fn unchanged_since(key: Vec<u8>, revision: i64) -> Compare {
    compare(key, Target::Mod, To::ModRevision(revision))
}

/// The key stands under this lease.
pub(crate) fn is_under(key: Vec<u8>, lease: i64) -> Compare {
    compare(key, Target::Lease, To::Lease(lease))
}

fn compare(key: Vec<u8>, target: Target, to: To) -> Compare {
    Compare {
        key,
        target: target.into(),
        to: Some(to),
        ..Compare::default()
    }
}

/// Writes a key, under no lease where that is 0.
pub(crate) fn put(key: Vec<u8>, value: Vec<u8>, lease: i64) -> RequestOp {
    operation(Request::Put(PutRequest { key, value, lease }))
}

/// Removes a key, if it is there.
pub(crate) fn delete(key: Vec<u8>) -> RequestOp {
    operation(Request::Delete(DeleteRangeRequest { key }))
}

/// Reads a key, as most members agree on it.
pub(crate) fn read(key: Vec<u8>) -> RequestOp {
    operation(Request::Range(RangeRequest {
        key,
        ..RangeRequest::default()
    }))
}

const fn operation(request: Request) -> RequestOp {
    RequestOp {
        request: Some(request),
    }
}

/// A transaction that does `success` where all of `compare` holds, and else says what stands at `otherwise`.
pub(crate) fn transaction(
    compare: Vec<Compare>,
    success: Vec<RequestOp>,
    otherwise: Vec<u8>,
) -> TxnRequest {
    TxnRequest {
        compare,
        success,
        failure: vec![read(otherwise)],
    }
}

pub(crate) fn size(transaction: &TxnRequest) -> Size {
    Size {
        operations: transaction.success.len().max(transaction.compare.len()),
        bytes: prost::Message::encoded_len(transaction),
    }
}

pub(crate) fn verdict(answer: TxnResponse) -> Verdict {
    if answer.succeeded {
        return Verdict::Done;
    }
    let found = answer.responses.into_iter().find_map(|it| it.response);
    let found = found.and_then(|Response::Range(found)| found.kvs.into_iter().next());
    Verdict::Otherwise(found)
}

impl Shared {
    /// Has a transaction done that may be repeated: its conditions fail once it has landed.
    pub(crate) async fn transact(&self, transaction: &TxnRequest) -> Result<Verdict, Failure> {
        let size = size(transaction);
        let plan = self.write_plan(size.bytes);
        let ask = self.ask(plan, |caller| {
            let transaction = transaction.clone();
            async move { caller.txn(transaction).await }
        });
        let answer = ask.await;
        self.tell_of_writes(&answer);
        let answer = answer?;
        self.limits.taken(size);
        Ok(verdict(answer))
    }
}
