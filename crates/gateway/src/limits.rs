use std::fmt::Display;
use std::time::Duration;

use thiserror::Error;

/// What one listener allows: the numbers, before they are checked. Take the default and change what
/// differs; [`Limits::new`] checks them.
///
/// A request that names more than it may is answered with POLICY_VIOLATION (44), for each name where
/// the answer has a place for that. Such an answer has at most 15 times the bytes of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    /// Connections at a time, 1 to 1,000,000; one more is closed as soon as it is accepted. 10,000
    /// unless changed: about 20 KiB each, when all of them are busy.
    pub connections: usize,
    /// Bytes of a request after its length field, 64 to 16 MiB. 1 MiB unless changed: ten thousand
    /// group names of 100 bytes.
    pub frame_bytes: usize,
    /// Bytes of all unfinished requests larger than 16 KiB together, at least `frame_bytes` and at
    /// most 1 GiB. 64 MiB unless changed. It is what a crowd of large requests can take: the one
    /// that would exceed it is refused, and small requests are not touched.
    pub large_frames_bytes: usize,
    /// Groups in one FindCoordinator, 1 to 100,000. 10,000 unless changed: administration tools ask
    /// for every group they show in one request.
    pub keys: usize,
    /// Topics in one Metadata, 1 to 100,000. 10,000 unless changed.
    pub topics: usize,
    /// Members in one LeaveGroup, and assignments in one SyncGroup, 1 to 100,000. 10,000 unless
    /// changed.
    pub members: usize,
    /// Protocols in one JoinGroup, 1 to 10,000. 100 unless changed: clients send one or two.
    pub protocols: usize,
    /// Partitions in one OffsetCommit or OffsetFetch, all its topics and groups together, 1 to
    /// 1,000,000. 100,000 unless changed. Its topics are bounded by `topics`, its groups by `keys`.
    pub partitions: usize,
    /// Requests of one connection answered before others get a turn, 1 to 10,000. 256 unless
    /// changed: well under a millisecond.
    pub pipeline: usize,
    /// How long a connection may be silent between requests, 1 s to a day. 10 min unless changed,
    /// as Kafka's `connections.max.idle.ms`.
    pub idle: Duration,
    /// How long a request may take to arrive once its first byte has; the first one of a connection
    /// counts from the connection's start. 100 ms to 10 min; 10 s unless changed.
    pub frame_within: Duration,
    /// How long a client may take to accept what is written to it, 100 ms to 10 min. 10 s unless
    /// changed.
    pub write_within: Duration,
    /// How long a FindCoordinator may wait for [`find`](crate::Coordinators::find), all its groups
    /// together, or a group call for
    /// [`claim`](crate::Coordinators::claim); those without an answer by then are unknown (15). 10 ms to 60 s; 2 s unless
    /// changed: clients ask again on their own, and the least patient ends after 9 s.
    pub lookup_within: Duration,
    /// Waiting FindCoordinator requests and claims at a time over all connections, 1 to 1,000,000; one
    /// more is answered unknown (15) at once. 1,024 unless changed.
    pub lookups: usize,
    /// Calls of [`find`](crate::Coordinators::find), or groups of a batch of group calls, at a time for
    /// one request, 1 to 1,000. 16 unless
    /// changed.
    pub lookups_per_request: usize,
    /// How long a group call may take once the group is claimed, 10 ms to 60 s; what has no answer by
    /// then is COORDINATOR_NOT_AVAILABLE (15). 5 s unless changed, as Kafka's
    /// `offsets.commit.timeout.ms`. JoinGroup and SyncGroup, which wait for other members, have
    /// longer: see [`GroupCoordinator`](crate::GroupCoordinator).
    pub group_call_within: Duration,
    /// How long a JoinGroup or SyncGroup may wait at most, whatever the client asked for, 100 ms to a
    /// day. 10 min unless changed: clients ask for 5 min unless told otherwise.
    pub rebalance_within: Duration,
    /// Group calls under way at a time over all connections, 1 to 1,000,000; one more is answered 15
    /// at once. 10,000 unless changed. Each holds its connection and its frame.
    pub group_calls: usize,
    /// How long answers under way may still take once the listener stops, 0 to 60 s. 1 s unless
    /// changed.
    pub grace: Duration,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            connections: 10_000,
            frame_bytes: 1 << 20,
            large_frames_bytes: 64 << 20,
            keys: 10_000,
            topics: 10_000,
            members: 10_000,
            protocols: 100,
            partitions: 100_000,
            pipeline: 256,
            idle: Duration::from_secs(600),
            frame_within: Duration::from_secs(10),
            write_within: Duration::from_secs(10),
            lookup_within: Duration::from_secs(2),
            lookups: 1024,
            lookups_per_request: 16,
            group_call_within: Duration::from_secs(5),
            rebalance_within: Duration::from_secs(600),
            group_calls: 10_000,
            grace: Duration::from_secs(1),
        }
    }
}

/// What one listener allows, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits(LimitSettings);

/// A limit out of its range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the Kafka listener's limit `{name}` is {value}: give {min} to {max}")]
pub struct InvalidLimit {
    name: &'static str,
    value: String,
    min: String,
    max: String,
}

impl Limits {
    /// Checks the numbers.
    ///
    /// # Errors
    /// When one is out of the range that [`LimitSettings`] tells.
    pub fn new(settings: LimitSettings) -> Result<Self, InvalidLimit> {
        let ms = Duration::from_millis;
        let s = &settings;
        range("connections", s.connections, 1, 1_000_000)?;
        range("frame_bytes", s.frame_bytes, 64, 16 << 20)?;
        range(
            "large_frames_bytes",
            s.large_frames_bytes,
            s.frame_bytes,
            1 << 30,
        )?;
        range("keys", s.keys, 1, 100_000)?;
        range("topics", s.topics, 1, 100_000)?;
        range("members", s.members, 1, 100_000)?;
        range("protocols", s.protocols, 1, 10_000)?;
        range("partitions", s.partitions, 1, 1_000_000)?;
        range("pipeline", s.pipeline, 1, 10_000)?;
        seconds("idle", s.idle, ms(1000), ms(86_400_000))?;
        seconds("frame_within", s.frame_within, ms(100), ms(600_000))?;
        seconds("write_within", s.write_within, ms(100), ms(600_000))?;
        seconds("lookup_within", s.lookup_within, ms(10), ms(60_000))?;
        range("lookups", s.lookups, 1, 1_000_000)?;
        range("lookups_per_request", s.lookups_per_request, 1, 1000)?;
        seconds("group_call_within", s.group_call_within, ms(10), ms(60_000))?;
        seconds(
            "rebalance_within",
            s.rebalance_within,
            ms(100),
            ms(86_400_000),
        )?;
        range("group_calls", s.group_calls, 1, 1_000_000)?;
        seconds("grace", s.grace, Duration::ZERO, ms(60_000))?;
        Ok(Self(settings))
    }

    /// The numbers, each within its range.
    pub const fn settings(&self) -> &LimitSettings {
        &self.0
    }
}

impl std::ops::Deref for Limits {
    type Target = LimitSettings;

    fn deref(&self) -> &LimitSettings {
        &self.0
    }
}

fn range<T: PartialOrd + Display>(
    name: &'static str,
    value: T,
    min: T,
    max: T,
) -> Result<(), InvalidLimit> {
    if (&min..=&max).contains(&&value) {
        return Ok(());
    }
    let text = |number: T| number.to_string();
    Err(InvalidLimit {
        name,
        value: text(value),
        min: text(min),
        max: text(max),
    })
}

fn seconds(
    name: &'static str,
    value: Duration,
    min: Duration,
    max: Duration,
) -> Result<(), InvalidLimit> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    let text = |span: Duration| format!("{span:?}");
    Err(InvalidLimit {
        name,
        value: text(value),
        min: text(min),
        max: text(max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(change: impl FnOnce(&mut LimitSettings)) -> String {
        let mut settings = LimitSettings::default();
        change(&mut settings);
        Limits::new(settings).expect_err("out of range").to_string()
    }

    #[test]
    fn the_default_is_within_its_ranges() {
        assert_eq!(Limits::new(LimitSettings::default()), Ok(Limits::default()));
    }

    #[test]
    fn says_which_limit_is_wrong_and_what_fits() {
        let message = error(|s| s.keys = 0);
        assert!(
            message.contains("`keys` is 0: give 1 to 100000"),
            "{message}"
        );
        let message = error(|s| s.large_frames_bytes = s.frame_bytes - 1);
        assert!(
            message.contains("`large_frames_bytes` is 1048575: give 1048576"),
            "{message}"
        );
        let message = error(|s| s.idle = Duration::ZERO);
        assert!(
            message.contains("`idle` is 0ns: give 1s to 86400s"),
            "{message}"
        );
        assert!(error(|s| s.frame_bytes = usize::MAX).contains("frame_bytes"));
        assert!(error(|s| s.grace = Duration::MAX).contains("grace"));
    }
}
