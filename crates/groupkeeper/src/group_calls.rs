//! Who answers the calls of groups' members at the Kafka ports.

use std::sync::Arc;

use clap::ValueEnum;
use groupkeeper_groups::{GroupStore, MemoryGroupStore};

use crate::backend_spec::BackendSpec;

/// What the Kafka ports of this process do with JoinGroup, OffsetCommit and the other calls that only
/// a group's coordinator may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum GroupCalls {
    /// The coordinator answers, and keeps members and offsets in the backend: a group that moves goes
    /// on where it was. Not on SeaweedFS yet: there they are refused.
    #[default]
    Serve,
    /// They send clients on to the group's coordinator (16), or say that it is not available (15).
    Refuse,
    /// The coordinator answers, out of memory: members and offsets are gone with the process, and a
    /// group that moves to another process begins anew. To try clients with.
    Memory,
}

impl GroupCalls {
    /// Why they are refused on this backend although they are to be served, for people.
    pub(crate) fn doubt(self, backend: &BackendSpec) -> Option<String> {
        match (self, backend) {
            (Self::Serve, BackendSpec::SeaweedFs(_)) => Some(format!(
                "members and offsets of groups can't be kept on {backend} yet, so the calls of groups' \
                 members are refused (15 and 16); --group-calls refuse says so without this warning, and \
                 --group-calls memory answers them out of memory, to try clients with"
            )),
            _ => None,
        }
    }

    /// Whether they are answered on this backend.
    pub(crate) fn are_answered(self, backend: &BackendSpec) -> bool {
        match self {
            Self::Serve => self.doubt(backend).is_none(),
            Self::Refuse => false,
            Self::Memory => true,
        }
    }

    /// Where groups are kept: in the backend's store, where it has one, or in memory.
    pub(crate) fn store(self, backend: Option<Arc<dyn GroupStore>>) -> Option<Arc<dyn GroupStore>> {
        match self {
            Self::Serve => backend,
            Self::Refuse => None,
            Self::Memory => Some(Arc::new(MemoryGroupStore::new())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_kept_is_served_and_the_rest_is_told() {
        let serves = |calls: GroupCalls, backend: &str| {
            let backend: BackendSpec = backend.parse().unwrap();
            assert!(!(calls.are_answered(&backend) && calls.doubt(&backend).is_some()));
            calls.are_answered(&backend)
        };
        assert!(serves(GroupCalls::Serve, "embedded:x"));
        assert!(serves(GroupCalls::Serve, "memory:"));
        assert!(serves(GroupCalls::Serve, "etcd:a:2379"));
        assert!(!serves(GroupCalls::Serve, "seaweedfs:a:9333"));
        assert!(serves(GroupCalls::Memory, "seaweedfs:a:9333"));
        assert!(!serves(GroupCalls::Refuse, "embedded:x"));
        let doubt = GroupCalls::Serve.doubt(&"seaweedfs:a:9333".parse().unwrap());
        assert!(doubt.is_some_and(|it| it.contains("--group-calls memory")));
    }
}
