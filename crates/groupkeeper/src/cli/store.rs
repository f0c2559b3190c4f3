use groupkeeper_hashing::Strategy;
use groupkeeper_seaweedfs::FleetName;
use groupkeeper_types::TimingProfile;

use super::EtcdArgs;
use crate::backend_spec::BackendSpec;
use crate::group_calls::GroupCalls;

/// Where a fleet keeps what is decided, and how it decides: the same at every gateway of it.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Fleet")]
pub struct StoreArgs {
    /// Where assignments and the leader's lock are kept. `embedded:DIR` is a directory that one
    /// process can use at a time, `memory:` is gone with the process,
    /// `seaweedfs:MASTER[,MASTER...]` is a SeaweedFS, by its masters, and
    /// `etcd:HOST:PORT[,HOST:PORT...]` is an etcd, by its members.
    #[arg(
        long,
        value_name = "BACKEND",
        env = "GROUPKEEPER_BACKEND",
        default_value = "embedded:./groupkeeper-data"
    )]
    pub backend: BackendSpec,
    /// Keeps fleets on one store apart; clients see it as the cluster's ID [default: on SeaweedFS
    /// the names of its own gateways, and the cluster's ID is `groupkeeper`].
    #[arg(long, value_name = "NAME", env = "GROUPKEEPER_FLEET")]
    pub fleet: Option<FleetName>,
    /// How a gateway is picked for a new group: `rendezvous`, which moves the least, or `modulo`,
    /// as SeaweedFS's own gateways do.
    #[arg(
        long,
        value_name = "RULE",
        env = "GROUPKEEPER_PLACEMENT",
        default_value_t = Strategy::default()
    )]
    pub placement: Strategy,
    /// How far over the mean a gateway may be loaded by groups that are given out, in percent: 10 for
    /// at most 1.1 times the mean [default: as far as placement likes].
    #[arg(
        long,
        value_name = "PERCENT",
        env = "GROUPKEEPER_LOAD_CAP",
        value_parser = clap::value_parser!(u32).range(0..=10_000)
    )]
    pub load_cap: Option<u32>,
    /// How long leases, the lock and heartbeats last: `default`, with a new leader within 4 s and a
    /// dead gateway's groups elsewhere within 5 s, or `reference`, the longer spans of SeaweedFS's own
    /// gateways, with 9 s and 41 s.
    #[arg(
        long,
        value_name = "PROFILE",
        env = "GROUPKEEPER_TIMING",
        default_value_t = TimingProfile::default()
    )]
    pub timing: TimingProfile,
    /// Who answers JoinGroup, OffsetCommit and the other calls of a group's members.
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        env = "GROUPKEEPER_GROUP_CALLS",
        default_value_t = GroupCalls::default()
    )]
    pub group_calls: GroupCalls,
    /// Of an etcd.
    #[command(flatten)]
    pub etcd: EtcdArgs,
}
