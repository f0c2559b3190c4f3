use std::error::Error;
use std::fmt;

use groupkeeper_assignment_store::{ReadError, WriteError};
use groupkeeper_election::LockUnavailable;
use groupkeeper_types::RpcAddr;
use tonic::{Code, Status};

/// Why there is no usable answer, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    why: String,
}

/// What a caller does about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Another member may have the answer, or the same one later.
    Member,
    /// Every member would say the same until somebody does something about it.
    Cluster,
    /// It is no etcd that this can work with.
    Unsupported,
    /// The transaction has more operations than etcd takes.
    TooManyOperations,
    /// The request is larger than etcd takes.
    TooLarge,
    /// The answer is larger than this process takes.
    AnswerTooLarge,
    /// The revision is gone.
    Compacted,
    /// The lease is over.
    LeaseGone,
    /// There is a lease of this number.
    LeaseThere,
    /// The login is not, or no longer, good.
    LoggedOut,
}

/// What etcd says, what that means here, and the cure.
const SAID: &[(&str, Kind, &str)] = &[
    (
        "required revision has been compacted",
        Kind::Compacted,
        "the revision that this listing reads is gone, and it is to be read anew; where that happens again and \
         again, let etcd keep revisions for longer: --auto-compaction-retention",
    ),
    (
        "too many operations in txn",
        Kind::TooManyOperations,
        "let etcd take more in one transaction: --max-txn-ops",
    ),
    (
        "request is too large",
        Kind::TooLarge,
        "let etcd take larger requests: --max-request-bytes",
    ),
    (
        "received message larger than max",
        Kind::TooLarge,
        "let etcd take larger requests: --max-request-bytes",
    ),
    (
        "decoded message length too large",
        Kind::AnswerTooLarge,
        "no entry of ours is that large: look for others under the same prefix",
    ),
    (
        "database space exceeded",
        Kind::Cluster,
        "its quota is used up, so it takes no write: compact and defragment it, then `etcdctl alarm disarm`, \
         and give it more: --quota-backend-bytes",
    ),
    (
        "user name is empty",
        Kind::LoggedOut,
        "it asks for a user: give --etcd-user and --etcd-password-file",
    ),
    (
        "invalid user ID or password",
        Kind::Cluster,
        "see to --etcd-user and to what is in --etcd-password-file; it is read again for the next try",
    ),
    (
        "permission denied",
        Kind::Cluster,
        "the user must be allowed to read and write the fleet's keys: `etcdctl role grant-permission --prefix \
         ROLE readwrite groupkeeper/`",
    ),
    (
        "invalid auth token",
        Kind::LoggedOut,
        "it has forgotten the login; the next call logs in again",
    ),
    (
        "revision of auth store is old",
        Kind::LoggedOut,
        "users have changed; the next call logs in again",
    ),
    (
        "requested lease not found",
        Kind::LeaseGone,
        "the lease is over",
    ),
    (
        "lease already exists",
        Kind::LeaseThere,
        "the lease is there",
    ),
    (
        "no leader",
        Kind::Member,
        "this member reaches no leader: most members must be well and reach each other",
    ),
    (
        "context deadline exceeded",
        Kind::Member,
        "most members must be well and reach each other, and its disk be fast",
    ),
    (
        "request timed out",
        Kind::Member,
        "most members must be well and reach each other",
    ),
    (
        "leader changed",
        Kind::Member,
        "the next try finds the new one",
    ),
    (
        "not supported for learner",
        Kind::Member,
        "it is a learner and answers nothing: name members that vote",
    ),
    (
        "corrupt cluster",
        Kind::Cluster,
        "its members differ: see etcd's own documentation on data corruption, and restore a member at a time",
    ),
];

impl Failure {
    pub(crate) fn new(kind: Kind, why: impl Into<String>) -> Self {
        Self {
            kind,
            why: why.into(),
        }
    }

    /// What a member's status says about one call.
    pub(crate) fn from_status(member: &RpcAddr, status: &Status) -> Self {
        let message = shown(status.message());
        let said = SAID.iter().find(|(said, ..)| message.contains(said));
        if let Some((_, kind, cure)) = said {
            return Self::new(*kind, format!("etcd at {member} says: {message}; {cure}"));
        }
        if matches!(status.code(), Code::Cancelled | Code::DeadlineExceeded) {
            let why = format!(
                "{member} is connected to and gave no answer in time; most of etcd's members must be well and reach \
                 each other, and its disk be fast"
            );
            return Self::new(Kind::Member, why);
        }
        if status.code() == Code::Unimplemented {
            let why = format!(
                "{member} does not know this request ({message}): it must be etcd 3.4 or newer"
            );
            return Self::new(Kind::Unsupported, why);
        }
        Self::new(Kind::Member, format!("{member}: {}", told(status)))
    }

    /// Whether another member, or a later try, may do better by itself.
    pub(crate) fn elsewhere(&self) -> bool {
        self.kind == Kind::Member
    }

    /// One failure for those of several members: what goes away by itself outweighs what does not.
    pub(crate) fn join(self, other: &Self) -> Self {
        let kind = if self.kind == other.kind {
            self.kind
        } else {
            Kind::Member
        };
        if self.why.contains(&other.why) {
            return Self { kind, ..self };
        }
        Self::new(kind, format!("{}; {}", self.why, other.why))
    }

    pub(crate) fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure.kind {
            Kind::Unsupported | Kind::AnswerTooLarge => Self::Unsupported { why: failure.why },
            _ => Self::unavailable(failure),
        }
    }
}

/// Nothing here says [`Unsupported`](WriteError::Unsupported) of a write that may have begun: who knows that it has not, says so.
impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        Self::unavailable(failure)
    }
}

impl From<Failure> for LockUnavailable {
    fn from(failure: Failure) -> Self {
        Self::new(failure)
    }
}

/// A status with its causes: of a connection that broke it says "transport error" by itself.
fn told(status: &Status) -> String {
    let message = shown(status.message());
    with_causes(format!("{:?}: {message}", status.code()), status.source())
}

/// An error's text, and those of its causes that it does not tell already.
pub(crate) fn with_causes(mut text: String, mut cause: Option<&(dyn Error + 'static)>) -> String {
    while let Some(error) = cause {
        let next = shown(&error.to_string());
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

/// A server's text for a log: one line, and not longer than it helps.
fn shown(text: &str) -> String {
    text.escape_debug().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: &Status) -> Failure {
        Failure::from_status(&RpcAddr::new("m:2379").unwrap(), status)
    }

    #[test]
    fn what_etcd_says_is_told_with_its_cure() {
        for (said, kind, cure) in [
            (
                Status::out_of_range("etcdserver: mvcc: required revision has been compacted"),
                Kind::Compacted,
                "--auto-compaction-retention",
            ),
            (
                Status::invalid_argument("etcdserver: too many operations in txn request"),
                Kind::TooManyOperations,
                "--max-txn-ops",
            ),
            (
                Status::invalid_argument("etcdserver: request is too large"),
                Kind::TooLarge,
                "--max-request-bytes",
            ),
            (
                Status::resource_exhausted("etcdserver: mvcc: database space exceeded"),
                Kind::Cluster,
                "alarm disarm",
            ),
            (
                Status::unavailable("etcdserver: no leader"),
                Kind::Member,
                "most members",
            ),
            (
                Status::unimplemented("unknown service etcdserverpb.KV"),
                Kind::Unsupported,
                "3.4 or newer",
            ),
        ] {
            let failure = of(&said);
            assert_eq!(failure.kind, kind, "{failure}");
            assert!(failure.why().contains(cure), "{failure}");
            assert!(failure.why().contains("m:2379"), "{failure}");
        }
        let other = of(&Status::unavailable("a\nb"));
        assert_eq!(other.why(), "m:2379: Unavailable: a\\nb");
        assert_eq!(other.kind, Kind::Member);
    }

    #[test]
    fn of_several_failures_what_goes_away_by_itself_outweighs_the_rest() {
        let old = of(&Status::unimplemented("x"));
        let down = of(&Status::unavailable("y"));
        assert_eq!(old.clone().join(&old), old);
        let both = old.join(&down);
        assert!(both.elsewhere() && both.why().contains("; m:2379: Unavailable"));
    }
}
