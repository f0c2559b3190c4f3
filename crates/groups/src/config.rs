use std::ops::RangeInclusive;
use std::time::Duration;

/// How groups are served: Kafka's defaults, with bounds where Kafka has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupConfig {
    /// How long members are waited for.
    pub patience: Patience,
    /// How much is taken in.
    pub bounds: Bounds,
}

/// How long members are waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// The session timeouts that members may ask for; others are refused (26). 6 s to 30 min, as
    /// Kafka's `group.min.session.timeout.ms` and `group.max.session.timeout.ms`.
    pub session: RangeInclusive<Duration>,
    /// How long the first members of an empty group are waited for, and again so long while more of
    /// them come. 3 s, as Kafka's `group.initial.rebalance.delay.ms`.
    pub initial_delay: Duration,
    /// How long a member whose JoinGroup is its first may wait for the others before it counts as
    /// gone: it has no session yet. 5 min, as in Kafka.
    pub first_join: Duration,
}

/// How much is taken in. What exceeds it is refused with Kafka's own error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Groups in memory at a time; one more is answered 15. 100,000.
    pub groups: usize,
    /// Members of a group, those included that were given a name; one more is refused (81). 1,000.
    pub members: usize,
    /// Bytes of protocols and their metadata of one member; more is refused (42). 256 KiB.
    pub member_bytes: usize,
    /// Bytes of assignments in one SyncGroup; more is refused (42). 8 MiB.
    pub assignment_bytes: usize,
    /// Bytes of metadata with an offset; more is refused (12). 4,096, as Kafka's
    /// `offset.metadata.max.bytes`.
    pub offset_metadata: usize,
    /// Partitions of a group that have an offset; those past it are refused (28). 20,000.
    pub offsets: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            session: Duration::from_secs(6)..=Duration::from_secs(1_800),
            initial_delay: Duration::from_secs(3),
            first_join: Duration::from_secs(300),
        }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            groups: 100_000,
            members: 1_000,
            member_bytes: 256 << 10,
            assignment_bytes: 8 << 20,
            offset_metadata: 4_096,
            offsets: 20_000,
        }
    }
}
