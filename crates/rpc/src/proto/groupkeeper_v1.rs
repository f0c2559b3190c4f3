// @generated from crates/rpc/proto by `cargo xtask codegen`; do not edit.
/// Which commit decided something: ordered by epoch, then by revision. Both zero for what was stored
/// without a stamp. An absent stamp is the zero stamp.
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Stamp {
    /// The leader's term: durable, and only growing.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// The commit's number: one more with every commit, not reset by a change of leader.
    #[prost(uint64, tag = "2")]
    pub revision: u64,
}
/// Which gateway coordinates a group.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Decision {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
    /// The coordinator's advertised Kafka address. Its node ID is computed from this text.
    #[prost(string, tag = "2")]
    pub coordinator: ::prost::alloc::string::String,
    /// The commit that decided it.
    #[prost(message, optional, tag = "3")]
    pub stamp: ::core::option::Option<Stamp>,
}
/// One decision about one group.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct GroupStamp {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
    /// The commit that decided about it.
    #[prost(message, optional, tag = "2")]
    pub stamp: ::core::option::Option<Stamp>,
}
/// An answer to "who coordinates this group?".
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Found {
    /// Always set.
    #[prost(message, optional, tag = "1")]
    pub decision: ::core::option::Option<Decision>,
    /// The newest decision of any group that the answerer knew of. An answer older than what the asker
    /// has applied may be out of date, and is not to be cached.
    #[prost(message, optional, tag = "2")]
    pub as_of: ::core::option::Option<Stamp>,
}
/// A gateway's process.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Gateway {
    /// Where Kafka clients reach it.
    #[prost(string, tag = "1")]
    pub addr: ::prost::alloc::string::String,
    /// Where other gateways reach it: this protocol.
    #[prost(string, tag = "2")]
    pub rpc: ::prost::alloc::string::String,
    /// Drawn at random when the process starts, so that two processes at one address are told apart.
    #[prost(fixed64, tag = "3")]
    pub incarnation: u64,
}
/// A healthy gateway, as a leader sees it.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Member {
    /// Where Kafka clients reach it.
    #[prost(string, tag = "1")]
    pub addr: ::prost::alloc::string::String,
    /// Whether it has joined this leader. One that has not is taken as alive for one lease after a
    /// change of leader, because an earlier leader knew it.
    #[prost(bool, tag = "2")]
    pub joined: bool,
    /// Whether its groups are being moved away.
    #[prost(bool, tag = "3")]
    pub draining: bool,
}
/// The healthy gateways, as one leader numbered this state of the list.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct MemberList {
    /// Grows with every change during one epoch.
    #[prost(uint64, tag = "1")]
    pub version: u64,
    /// Sorted by the bytes of their addresses, each once.
    #[prost(message, repeated, tag = "2")]
    pub members: ::prost::alloc::vec::Vec<Member>,
}
/// A gateway's sign of life, and what it has heard so far.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct HeartbeatRequest {
    /// Who says it. Always set.
    #[prost(message, optional, tag = "1")]
    pub gateway: ::core::option::Option<Gateway>,
    /// The highest epoch it has seen anywhere: a leader of an older one is deposed.
    #[prost(uint64, tag = "2")]
    pub epoch: u64,
    /// The newest decision it has applied.
    #[prost(message, optional, tag = "3")]
    pub applied: ::core::option::Option<Stamp>,
    /// The member list it has, as numbered by the leader of `epoch`; 0 for none.
    #[prost(uint64, tag = "4")]
    pub members_version: u64,
    /// It has acted on every revoke of the leader of `epoch` up to this number; 0 for none.
    #[prost(uint64, tag = "10")]
    pub revokes_heard: u64,
    /// Groups that it gave up, with the decision that had made them its own, and of which it has heard
    /// no newer decision; at most 256, and more follow later. It takes them back only by a newer one.
    #[prost(message, repeated, tag = "11")]
    pub given_up: ::prost::alloc::vec::Vec<GroupStamp>,
    /// A leader has said that it is to lose its groups; so it tells the next leader too.
    #[prost(bool, tag = "12")]
    pub draining: bool,
    /// The newest epoch that it took part in, as leader or in a session; 0 for none. One that the leader does not
    /// stand on is of another history, in which groups may have been acted for.
    #[prost(uint64, tag = "13")]
    pub stood: u64,
    /// For how long, in microseconds, its heartbeats to this leader have had no answer, counted from when
    /// the first of them was sent: at most an hour. 0 when the newest had one.
    #[prost(uint64, tag = "20")]
    pub unanswered_micros: u64,
    /// The store has confirmed to it a moment ago, where writes are decided, the record of this leader. Asked
    /// only where the leader has not verified it lately; one that can't then lets others lead.
    #[prost(bool, tag = "21")]
    pub store_decides: bool,
}
/// The leader's answer to a sign of life.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Ack {
    /// The leader's term.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// Every decision up to here is in `changes`, or was known to the gateway before.
    #[prost(message, optional, tag = "2")]
    pub stamp: ::core::option::Option<Stamp>,
    /// The members; absent when the gateway has this version of the list.
    #[prost(message, optional, tag = "5")]
    pub members: ::core::option::Option<MemberList>,
    /// How far the gateway's joining has come.
    #[prost(enumeration = "Standing", tag = "6")]
    pub standing: i32,
    /// How long the gateway may act as coordinator, in microseconds from when it sent the heartbeat: at
    /// most an hour, and 0 when it may not.
    #[prost(uint64, tag = "10")]
    pub lease_micros: u64,
    /// The newest commit of earlier epochs that the store still has: what the gateway knows of those
    /// epochs beyond it is lost.
    #[prost(message, optional, tag = "11")]
    pub inherited: ::core::option::Option<Stamp>,
    /// Whether every lease that an earlier leader gave is over: until then a gateway keeps what it held,
    /// and takes nothing that an earlier leader decided.
    #[prost(bool, tag = "12")]
    pub inherited_over: bool,
    /// What the gateway has to give up before it acts under the new lease; absent for nothing, with
    /// the number 0.
    #[prost(message, optional, tag = "13")]
    pub revokes: ::core::option::Option<Revokes>,
    /// In how many microseconds there may be news: the gateway sends its next heartbeat then, where that is
    /// sooner than usual. 0 for nothing expected.
    #[prost(uint64, tag = "14")]
    pub ask_again_micros: u64,
    /// The terms that this one stands on; absent where the gateway has heard of them in this term.
    #[prost(message, optional, tag = "15")]
    pub lineage: ::core::option::Option<Lineage>,
    /// The least token under which the gateway may act; absent for none.
    #[prost(message, optional, tag = "16")]
    pub token_floor: ::core::option::Option<Stamp>,
    /// What was decided since; one of the two is always set.
    #[prost(oneof = "ack::Changes", tags = "3, 4")]
    pub changes: ::core::option::Option<ack::Changes>,
}
/// Nested message and enum types in `Ack`.
pub mod ack {
    /// What was decided since; one of the two is always set.
    #[derive(Clone, PartialEq, ::prost::Oneof)]
    pub enum Changes {
        /// These, oldest first.
        #[prost(message, tag = "3")]
        Since(super::Decisions),
        /// More than the leader remembers or than fits: whatever the gateway has cached may be old.
        #[prost(message, tag = "4")]
        Reset(super::Reset),
    }
}
/// The terms that a leader's term stands on.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Lineage {
    /// The newest term that is no longer remembered.
    #[prost(uint64, tag = "1")]
    pub forgotten: u64,
    /// At most 64, oldest first, each with its last commit.
    #[prost(message, repeated, tag = "2")]
    pub ended: ::prost::alloc::vec::Vec<Stamp>,
}
/// Groups that a gateway is to give up.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Revokes {
    /// Every revoke up to this number is here, or has been acted on before.
    #[prost(uint64, tag = "1")]
    pub number: u64,
    /// The groups, with the decision that is revoked; at most 4,096, and more follow later.
    #[prost(message, repeated, tag = "2")]
    pub groups: ::prost::alloc::vec::Vec<GroupStamp>,
}
/// What was decided, oldest first; maybe nothing.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Decisions {
    /// At most 65,536.
    #[prost(message, repeated, tag = "2")]
    pub news: ::prost::alloc::vec::Vec<News>,
}
/// Something a leader has decided; one of the two is always set.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct News {
    #[prost(oneof = "news::News", tags = "1, 2")]
    pub news: ::core::option::Option<news::News>,
}
/// Nested message and enum types in `News`.
pub mod news {
    #[derive(Clone, PartialEq, ::prost::Oneof)]
    pub enum News {
        /// About one group.
        #[prost(message, tag = "1")]
        Decided(super::Decision),
        /// About all groups of gateways that are gone.
        #[prost(message, tag = "2")]
        FailedOver(super::Failover),
    }
}
/// One commit that moves every group of some gateways: each decision that is older than this one and
/// names one of those gone is replaced by one of this stamp, which names the gateway on which the rule
/// places the group.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Failover {
    /// The commit that decided it.
    #[prost(message, optional, tag = "1")]
    pub stamp: ::core::option::Option<Stamp>,
    /// The gateways that lose their groups: at least one, each once, at most 16 KiB together.
    #[prost(string, repeated, tag = "2")]
    pub gone: ::prost::alloc::vec::Vec<::prost::alloc::string::String>,
    /// The rule of placement and its version, `rendezvous/1` say.
    #[prost(string, tag = "3")]
    pub rule: ::prost::alloc::string::String,
    /// The gateways that take the groups: at least one, each once, none of those gone, at most 16 KiB.
    #[prost(message, repeated, tag = "4")]
    pub among: ::prost::alloc::vec::Vec<Taker>,
}
/// A gateway that takes groups over.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Taker {
    /// Its advertised address.
    #[prost(string, tag = "1")]
    pub addr: ::prost::alloc::string::String,
    /// Its share, in proportion to the others': 1 or more.
    #[prost(uint32, tag = "2")]
    pub weight: u32,
}
/// Stands for decisions that are not listed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Reset {}
/// A gateway wants to go.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct DeregisterRequest {
    /// Its advertised Kafka address.
    #[prost(string, tag = "1")]
    pub gateway: ::prost::alloc::string::String,
    /// Which process of that address.
    #[prost(fixed64, tag = "2")]
    pub incarnation: u64,
    /// Its groups stay its own, for its return: right when the whole fleet stops.
    #[prost(bool, tag = "3")]
    pub keep_groups: bool,
}
/// Its groups are moved, or kept, and it is forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct DeregisterResponse {}
/// Who coordinates this group? If nobody does, decide.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct AssignRequest {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
}
/// This group should have another coordinator.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct ReassignRequest {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
    /// The advertised Kafka address of the gateway it should go to; absent for whichever placement
    /// picks.
    #[prost(string, optional, tag = "2")]
    pub to: ::core::option::Option<::prost::alloc::string::String>,
}
/// This gateway is to lose its groups, and to live on.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct DrainRequest {
    /// Its advertised Kafka address.
    #[prost(string, tag = "1")]
    pub gateway: ::prost::alloc::string::String,
}
/// It has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct DrainResponse {}
/// A leader has resigned.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ResignedRequest {
    /// The term that ended.
    #[prost(uint64, tag = "1")]
    pub epoch: u64,
    /// What is told is of use to whoever has applied everything up to here.
    #[prost(message, optional, tag = "2")]
    pub after: ::core::option::Option<Stamp>,
    /// Up to where it is told.
    #[prost(message, optional, tag = "3")]
    pub stamp: ::core::option::Option<Stamp>,
    /// What was decided between the two, oldest first. At most 65,536.
    #[prost(message, repeated, tag = "4")]
    pub news: ::prost::alloc::vec::Vec<News>,
}
/// Heard.
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct ResignedResponse {}
/// Who coordinates this group? If nobody does, have it decided.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct FindRequest {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
}
/// Who coordinates this group, if anybody does?
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct GetRequest {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
}
/// Do you hold the leases of these groups now?
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct OwnsRequest {
    /// Their names, at most 16,384.
    #[prost(string, repeated, tag = "1")]
    pub groups: ::prost::alloc::vec::Vec<::prost::alloc::string::String>,
}
/// What one process holds at this moment.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct OwnsResponse {
    /// The process that answers. Always set.
    #[prost(message, optional, tag = "1")]
    pub gateway: ::core::option::Option<Gateway>,
    /// One for each group that was asked about, in that order.
    #[prost(message, repeated, tag = "2")]
    pub groups: ::prost::alloc::vec::Vec<Ownership>,
}
/// Whether the process that answers may act as a group's coordinator.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct Ownership {
    /// The group's name.
    #[prost(string, tag = "1")]
    pub group: ::prost::alloc::string::String,
    /// The decision that lets it: the fencing token of whatever it writes. Absent when it may not act.
    #[prost(message, optional, tag = "2")]
    pub token: ::core::option::Option<Stamp>,
    /// How much longer it may, in microseconds, unless its lease is renewed or the group revoked: at
    /// most an hour, and 0 when it may not act.
    #[prost(uint64, tag = "3")]
    pub left_micros: u64,
    /// Who coordinates the group, where the process can tell that at once.
    #[prost(string, optional, tag = "4")]
    pub coordinator: ::core::option::Option<::prost::alloc::string::String>,
}
/// Which gateways are healthy?
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct ListGatewaysRequest {}
/// The healthy gateways, as one gateway knows them.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ListGatewaysResponse {
    /// Sorted by the bytes of their addresses, each once; at most 65,536.
    #[prost(message, repeated, tag = "1")]
    pub gateways: ::prost::alloc::vec::Vec<Member>,
    /// Who leads; absent while nobody does.
    #[prost(message, optional, tag = "2")]
    pub leader: ::core::option::Option<LeaderView>,
    /// Whether this is fresh: the asked gateway leads, or its session with the leader lives.
    #[prost(bool, tag = "3")]
    pub fresh: bool,
}
/// Who leads.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct LeaderView {
    /// Its advertised Kafka address.
    #[prost(string, tag = "1")]
    pub addr: ::prost::alloc::string::String,
    /// Where it answers other gateways.
    #[prost(string, tag = "2")]
    pub rpc: ::prost::alloc::string::String,
    /// Its term.
    #[prost(uint64, tag = "3")]
    pub epoch: u64,
}
/// How do you see the fleet?
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct StatsRequest {}
/// One gateway's own view of the fleet.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct StatsResponse {
    /// Who answers. Always set.
    #[prost(message, optional, tag = "1")]
    pub gateway: ::core::option::Option<Gateway>,
    /// What it is in the fleet.
    #[prost(enumeration = "Role", tag = "2")]
    pub role: i32,
    /// Who leads, as far as it knows; absent while nobody does, or somebody who does not speak this
    /// protocol.
    #[prost(message, optional, tag = "3")]
    pub leader: ::core::option::Option<LeaderView>,
    /// Who holds the leader's lock, as the lock service last said; absent when nobody does.
    #[prost(string, optional, tag = "4")]
    pub lock_owner: ::core::option::Option<::prost::alloc::string::String>,
    /// The newest decision it has applied.
    #[prost(message, optional, tag = "5")]
    pub stamp: ::core::option::Option<Stamp>,
    /// Whether its view is fresh: it leads, or its session with the leader lives.
    #[prost(bool, tag = "6")]
    pub fresh: bool,
    /// How far its joining has come; unspecified without a leader.
    #[prost(enumeration = "Standing", tag = "7")]
    pub standing: i32,
    /// The healthy gateways, sorted by the bytes of their addresses, each once; at most 65,536.
    #[prost(message, repeated, tag = "8")]
    pub gateways: ::prost::alloc::vec::Vec<Member>,
    /// Groups in its memory: at the leader all it has loaded, elsewhere what was asked for.
    #[prost(uint64, tag = "9")]
    pub groups_known: u64,
    /// All groups that have a coordinator; absent where that is not known.
    #[prost(uint64, optional, tag = "10")]
    pub assignments: ::core::option::Option<u64>,
    /// Stored entries that could not be read as assignments, at the leader.
    #[prost(uint64, tag = "11")]
    pub unreadable: u64,
    /// What stands in the way, for people; absent when nothing does.
    #[prost(string, optional, tag = "12")]
    pub problem: ::core::option::Option<::prost::alloc::string::String>,
    /// Groups that have moved and whose stored assignments are still to be rewritten, at the leader.
    #[prost(uint64, tag = "13")]
    pub behind: u64,
    /// Of those that could not be read, how many this leader has set aside.
    #[prost(uint64, tag = "14")]
    pub set_aside: u64,
    /// Stored assignments that this leader found lost or changed, and wrote again.
    #[prost(uint64, tag = "15")]
    pub restored: u64,
}
/// How far a gateway's joining has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
#[repr(i32)]
pub enum Standing {
    /// There is no leader to say so. Never in an Ack.
    Unspecified = 0,
    /// In every gateway's list, and given no groups yet: it is not stored as a member yet.
    Joining = 1,
    /// Stored as a member: it may act, and be given groups.
    Member = 2,
    /// Stored as a member, and its groups are being moved away.
    Draining = 3,
    /// As JOINING, and it will not be stored before an earlier process at its address can't be acting
    /// any more, which takes a lease at most.
    Settling = 4,
}
impl Standing {
    /// String value of the enum field names used in the ProtoBuf definition.
    ///
    /// The values are not transformed in any way and thus are considered stable
    /// (if the ProtoBuf definition does not change) and safe for programmatic use.
    pub fn as_str_name(&self) -> &'static str {
        match self {
            Self::Unspecified => "STANDING_UNSPECIFIED",
            Self::Joining => "STANDING_JOINING",
            Self::Member => "STANDING_MEMBER",
            Self::Draining => "STANDING_DRAINING",
            Self::Settling => "STANDING_SETTLING",
        }
    }
    /// Creates an enum from field names used in the ProtoBuf definition.
    pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {
        match value {
            "STANDING_UNSPECIFIED" => Some(Self::Unspecified),
            "STANDING_JOINING" => Some(Self::Joining),
            "STANDING_MEMBER" => Some(Self::Member),
            "STANDING_DRAINING" => Some(Self::Draining),
            "STANDING_SETTLING" => Some(Self::Settling),
            _ => None,
        }
    }
}
/// What a gateway is in the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
#[repr(i32)]
pub enum Role {
    /// Never sent.
    Unspecified = 0,
    /// Hears from a leader, or looks for one.
    Follower = 1,
    /// Has the lock and is beginning its epoch.
    TakingOver = 2,
    /// Decides.
    Leader = 3,
}
impl Role {
    /// String value of the enum field names used in the ProtoBuf definition.
    ///
    /// The values are not transformed in any way and thus are considered stable
    /// (if the ProtoBuf definition does not change) and safe for programmatic use.
    pub fn as_str_name(&self) -> &'static str {
        match self {
            Self::Unspecified => "ROLE_UNSPECIFIED",
            Self::Follower => "ROLE_FOLLOWER",
            Self::TakingOver => "ROLE_TAKING_OVER",
            Self::Leader => "ROLE_LEADER",
        }
    }
    /// Creates an enum from field names used in the ProtoBuf definition.
    pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {
        match value {
            "ROLE_UNSPECIFIED" => Some(Self::Unspecified),
            "ROLE_FOLLOWER" => Some(Self::Follower),
            "ROLE_TAKING_OVER" => Some(Self::TakingOver),
            "ROLE_LEADER" => Some(Self::Leader),
            _ => None,
        }
    }
}
/// Generated client implementations.
pub mod registry_client {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::http::Uri;
    use tonic::codegen::*;
    /// What any gateway answers, leader or not: the questions of people, tools and clients.
    ///
    /// A cancelled call loses its answer; what it asked for may still be done.
    #[derive(Debug, Clone)]
    pub struct RegistryClient<T> {
        inner: tonic::client::Grpc<T>,
    }
    impl RegistryClient<tonic::transport::Channel> {
        /// Attempt to create a new client by connecting to a given endpoint.
        pub async fn connect<D>(dst: D) -> Result<Self, tonic::transport::Error>
        where
            D: TryInto<tonic::transport::Endpoint>,
            D::Error: Into<StdError>,
        {
            let conn = tonic::transport::Endpoint::new(dst)?.connect().await?;
            Ok(Self::new(conn))
        }
    }
    impl<T> RegistryClient<T>
    where
        T: tonic::client::GrpcService<tonic::body::Body>,
        T::Error: Into<StdError>,
        T::ResponseBody: Body<Data = Bytes> + std::marker::Send + 'static,
        <T::ResponseBody as Body>::Error: Into<StdError> + std::marker::Send,
    {
        pub fn new(inner: T) -> Self {
            let inner = tonic::client::Grpc::new(inner);
            Self { inner }
        }
        pub fn with_origin(inner: T, origin: Uri) -> Self {
            let inner = tonic::client::Grpc::with_origin(inner, origin);
            Self { inner }
        }
        pub fn with_interceptor<F>(
            inner: T,
            interceptor: F,
        ) -> RegistryClient<InterceptedService<T, F>>
        where
            F: tonic::service::Interceptor,
            T::ResponseBody: Default,
            T: tonic::codegen::Service<
                    http::Request<tonic::body::Body>,
                    Response = http::Response<
                        <T as tonic::client::GrpcService<tonic::body::Body>>::ResponseBody,
                    >,
                >,
            <T as tonic::codegen::Service<http::Request<tonic::body::Body>>>::Error:
                Into<StdError> + std::marker::Send + std::marker::Sync,
        {
            RegistryClient::new(InterceptedService::new(inner, interceptor))
        }
        /// Compress requests with the given encoding.
        ///
        /// This requires the server to support it otherwise it might respond with an
        /// error.
        #[must_use]
        pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.inner = self.inner.send_compressed(encoding);
            self
        }
        /// Enable decompressing responses.
        #[must_use]
        pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.inner = self.inner.accept_compressed(encoding);
            self
        }
        /// Limits the maximum size of a decoded message.
        ///
        /// Default: `4MB`
        #[must_use]
        pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
            self.inner = self.inner.max_decoding_message_size(limit);
            self
        }
        /// Limits the maximum size of an encoded message.
        ///
        /// Default: `usize::MAX`
        #[must_use]
        pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
            self.inner = self.inner.max_encoding_message_size(limit);
            self
        }
        /// The coordinator of a group, assigning one if there is none. `not-available` when it can't be
        /// told in bounded time.
        pub async fn find(
            &mut self,
            request: impl tonic::IntoRequest<super::FindRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/Find");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "Find"));
            self.inner.unary(req, path, codec).await
        }
        /// The coordinator of a group, if it has one. `not-found` when it has none, `not-available` when
        /// that can't be told.
        pub async fn get(
            &mut self,
            request: impl tonic::IntoRequest<super::GetRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/Get");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "Get"));
            self.inner.unary(req, path, codec).await
        }
        /// Gives a group to another gateway and answers once that is decided. Passed on to the leader,
        /// whose errors come back: see Leader.Reassign.
        pub async fn reassign(
            &mut self,
            request: impl tonic::IntoRequest<super::ReassignRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/Reassign");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "Reassign"));
            self.inner.unary(req, path, codec).await
        }
        /// Moves a living gateway's groups away. Passed on to the leader, whose errors come back: see
        /// Leader.Drain.
        pub async fn drain(
            &mut self,
            request: impl tonic::IntoRequest<super::DrainRequest>,
        ) -> std::result::Result<tonic::Response<super::DrainResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/Drain");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "Drain"));
            self.inner.unary(req, path, codec).await
        }
        /// Which of these groups the asked process may act for at this moment, from its memory: it never
        /// waits, asks nobody and assigns nothing.
        pub async fn owns(
            &mut self,
            request: impl tonic::IntoRequest<super::OwnsRequest>,
        ) -> std::result::Result<tonic::Response<super::OwnsResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/Owns");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "Owns"));
            self.inner.unary(req, path, codec).await
        }
        /// The healthy gateways, as the asked one knows them. Never waits.
        pub async fn list_gateways(
            &mut self,
            request: impl tonic::IntoRequest<super::ListGatewaysRequest>,
        ) -> std::result::Result<tonic::Response<super::ListGatewaysResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/ListGateways");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "ListGateways"));
            self.inner.unary(req, path, codec).await
        }
        /// The asked gateway's whole view of the fleet. Never waits.
        pub async fn stats(
            &mut self,
            request: impl tonic::IntoRequest<super::StatsRequest>,
        ) -> std::result::Result<tonic::Response<super::StatsResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Registry/Stats");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Registry", "Stats"));
            self.inner.unary(req, path, codec).await
        }
    }
}
/// Generated server implementations.
pub mod registry_server {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::*;
    /// Generated trait containing gRPC methods that should be implemented for use with RegistryServer.
    #[async_trait]
    pub trait Registry: std::marker::Send + std::marker::Sync + 'static {
        /// The coordinator of a group, assigning one if there is none. `not-available` when it can't be
        /// told in bounded time.
        async fn find(
            &self,
            request: tonic::Request<super::FindRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status>;
        /// The coordinator of a group, if it has one. `not-found` when it has none, `not-available` when
        /// that can't be told.
        async fn get(
            &self,
            request: tonic::Request<super::GetRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status>;
        /// Gives a group to another gateway and answers once that is decided. Passed on to the leader,
        /// whose errors come back: see Leader.Reassign.
        async fn reassign(
            &self,
            request: tonic::Request<super::ReassignRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status>;
        /// Moves a living gateway's groups away. Passed on to the leader, whose errors come back: see
        /// Leader.Drain.
        async fn drain(
            &self,
            request: tonic::Request<super::DrainRequest>,
        ) -> std::result::Result<tonic::Response<super::DrainResponse>, tonic::Status>;
        /// Which of these groups the asked process may act for at this moment, from its memory: it never
        /// waits, asks nobody and assigns nothing.
        async fn owns(
            &self,
            request: tonic::Request<super::OwnsRequest>,
        ) -> std::result::Result<tonic::Response<super::OwnsResponse>, tonic::Status>;
        /// The healthy gateways, as the asked one knows them. Never waits.
        async fn list_gateways(
            &self,
            request: tonic::Request<super::ListGatewaysRequest>,
        ) -> std::result::Result<tonic::Response<super::ListGatewaysResponse>, tonic::Status>;
        /// The asked gateway's whole view of the fleet. Never waits.
        async fn stats(
            &self,
            request: tonic::Request<super::StatsRequest>,
        ) -> std::result::Result<tonic::Response<super::StatsResponse>, tonic::Status>;
    }
    /// What any gateway answers, leader or not: the questions of people, tools and clients.
    ///
    /// A cancelled call loses its answer; what it asked for may still be done.
    #[derive(Debug)]
    pub struct RegistryServer<T> {
        inner: Arc<T>,
        accept_compression_encodings: EnabledCompressionEncodings,
        send_compression_encodings: EnabledCompressionEncodings,
        max_decoding_message_size: Option<usize>,
        max_encoding_message_size: Option<usize>,
    }
    impl<T> RegistryServer<T> {
        pub fn new(inner: T) -> Self {
            Self::from_arc(Arc::new(inner))
        }
        pub fn from_arc(inner: Arc<T>) -> Self {
            Self {
                inner,
                accept_compression_encodings: Default::default(),
                send_compression_encodings: Default::default(),
                max_decoding_message_size: None,
                max_encoding_message_size: None,
            }
        }
        pub fn with_interceptor<F>(inner: T, interceptor: F) -> InterceptedService<Self, F>
        where
            F: tonic::service::Interceptor,
        {
            InterceptedService::new(Self::new(inner), interceptor)
        }
        /// Enable decompressing requests with the given encoding.
        #[must_use]
        pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.accept_compression_encodings.enable(encoding);
            self
        }
        /// Compress responses with the given encoding, if the client supports it.
        #[must_use]
        pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.send_compression_encodings.enable(encoding);
            self
        }
        /// Limits the maximum size of a decoded message.
        ///
        /// Default: `4MB`
        #[must_use]
        pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
            self.max_decoding_message_size = Some(limit);
            self
        }
        /// Limits the maximum size of an encoded message.
        ///
        /// Default: `usize::MAX`
        #[must_use]
        pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
            self.max_encoding_message_size = Some(limit);
            self
        }
    }
    impl<T, B> tonic::codegen::Service<http::Request<B>> for RegistryServer<T>
    where
        T: Registry,
        B: Body + std::marker::Send + 'static,
        B::Error: Into<StdError> + std::marker::Send + 'static,
    {
        type Response = http::Response<tonic::body::Body>;
        type Error = std::convert::Infallible;
        type Future = BoxFuture<Self::Response, Self::Error>;
        fn poll_ready(
            &mut self,
            _cx: &mut Context<'_>,
        ) -> Poll<std::result::Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, req: http::Request<B>) -> Self::Future {
            match req.uri().path() {
                "/groupkeeper.v1.Registry/Find" => {
                    #[allow(non_camel_case_types)]
                    struct FindSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::FindRequest> for FindSvc<T> {
                        type Response = super::Found;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::FindRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Registry>::find(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = FindSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Registry/Get" => {
                    #[allow(non_camel_case_types)]
                    struct GetSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::GetRequest> for GetSvc<T> {
                        type Response = super::Found;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::GetRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Registry>::get(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = GetSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Registry/Reassign" => {
                    #[allow(non_camel_case_types)]
                    struct ReassignSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::ReassignRequest> for ReassignSvc<T> {
                        type Response = super::Found;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ReassignRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut =
                                async move { <T as Registry>::reassign(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = ReassignSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Registry/Drain" => {
                    #[allow(non_camel_case_types)]
                    struct DrainSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::DrainRequest> for DrainSvc<T> {
                        type Response = super::DrainResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::DrainRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Registry>::drain(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = DrainSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Registry/Owns" => {
                    #[allow(non_camel_case_types)]
                    struct OwnsSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::OwnsRequest> for OwnsSvc<T> {
                        type Response = super::OwnsResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::OwnsRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Registry>::owns(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = OwnsSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Registry/ListGateways" => {
                    #[allow(non_camel_case_types)]
                    struct ListGatewaysSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::ListGatewaysRequest> for ListGatewaysSvc<T> {
                        type Response = super::ListGatewaysResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ListGatewaysRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::list_gateways(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = ListGatewaysSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Registry/Stats" => {
                    #[allow(non_camel_case_types)]
                    struct StatsSvc<T: Registry>(pub Arc<T>);
                    impl<T: Registry> tonic::server::UnaryService<super::StatsRequest> for StatsSvc<T> {
                        type Response = super::StatsResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::StatsRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Registry>::stats(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = StatsSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                _ => Box::pin(async move {
                    let mut response = http::Response::new(tonic::body::Body::default());
                    let headers = response.headers_mut();
                    headers.insert(
                        tonic::Status::GRPC_STATUS,
                        (tonic::Code::Unimplemented as i32).into(),
                    );
                    headers.insert(
                        http::header::CONTENT_TYPE,
                        tonic::metadata::GRPC_CONTENT_TYPE,
                    );
                    Ok(response)
                }),
            }
        }
    }
    impl<T> Clone for RegistryServer<T> {
        fn clone(&self) -> Self {
            let inner = self.inner.clone();
            Self {
                inner,
                accept_compression_encodings: self.accept_compression_encodings,
                send_compression_encodings: self.send_compression_encodings,
                max_decoding_message_size: self.max_decoding_message_size,
                max_encoding_message_size: self.max_encoding_message_size,
            }
        }
    }
    /// Generated gRPC service name
    pub const SERVICE_NAME: &str = "groupkeeper.v1.Registry";
    impl<T> tonic::server::NamedService for RegistryServer<T> {
        const NAME: &'static str = SERVICE_NAME;
    }
}
/// Generated client implementations.
pub mod leader_client {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::http::Uri;
    use tonic::codegen::*;
    /// What gateways ask of the one that leads. One that does not lead says `not-leader` and never
    /// forwards, so no question runs in circles; Resigned alone is answered by all.
    ///
    /// A cancelled call loses its answer; what it asked for may still be done.
    #[derive(Debug, Clone)]
    pub struct LeaderClient<T> {
        inner: tonic::client::Grpc<T>,
    }
    impl LeaderClient<tonic::transport::Channel> {
        /// Attempt to create a new client by connecting to a given endpoint.
        pub async fn connect<D>(dst: D) -> Result<Self, tonic::transport::Error>
        where
            D: TryInto<tonic::transport::Endpoint>,
            D::Error: Into<StdError>,
        {
            let conn = tonic::transport::Endpoint::new(dst)?.connect().await?;
            Ok(Self::new(conn))
        }
    }
    impl<T> LeaderClient<T>
    where
        T: tonic::client::GrpcService<tonic::body::Body>,
        T::Error: Into<StdError>,
        T::ResponseBody: Body<Data = Bytes> + std::marker::Send + 'static,
        <T::ResponseBody as Body>::Error: Into<StdError> + std::marker::Send,
    {
        pub fn new(inner: T) -> Self {
            let inner = tonic::client::Grpc::new(inner);
            Self { inner }
        }
        pub fn with_origin(inner: T, origin: Uri) -> Self {
            let inner = tonic::client::Grpc::with_origin(inner, origin);
            Self { inner }
        }
        pub fn with_interceptor<F>(
            inner: T,
            interceptor: F,
        ) -> LeaderClient<InterceptedService<T, F>>
        where
            F: tonic::service::Interceptor,
            T::ResponseBody: Default,
            T: tonic::codegen::Service<
                    http::Request<tonic::body::Body>,
                    Response = http::Response<
                        <T as tonic::client::GrpcService<tonic::body::Body>>::ResponseBody,
                    >,
                >,
            <T as tonic::codegen::Service<http::Request<tonic::body::Body>>>::Error:
                Into<StdError> + std::marker::Send + std::marker::Sync,
        {
            LeaderClient::new(InterceptedService::new(inner, interceptor))
        }
        /// Compress requests with the given encoding.
        ///
        /// This requires the server to support it otherwise it might respond with an
        /// error.
        #[must_use]
        pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.inner = self.inner.send_compressed(encoding);
            self
        }
        /// Enable decompressing responses.
        #[must_use]
        pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.inner = self.inner.accept_compressed(encoding);
            self
        }
        /// Limits the maximum size of a decoded message.
        ///
        /// Default: `4MB`
        #[must_use]
        pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
            self.inner = self.inner.max_decoding_message_size(limit);
            self
        }
        /// Limits the maximum size of an encoded message.
        ///
        /// Default: `usize::MAX`
        #[must_use]
        pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
            self.inner = self.inner.max_encoding_message_size(limit);
            self
        }
        /// The first words of a gateway's process: it joins, and takes the place of an earlier process at
        /// its address. Later heartbeats never do, so of two processes at one address the one that started
        /// last stays. `refused` when another gateway has its node ID.
        pub async fn register(
            &mut self,
            request: impl tonic::IntoRequest<super::HeartbeatRequest>,
        ) -> std::result::Result<tonic::Response<super::Ack>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Register");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Register"));
            self.inner.unary(req, path, codec).await
        }
        /// Renews a gateway's session; an unknown gateway joins. `refused` when another gateway has its
        /// node ID, or a process that started later has its address.
        pub async fn heartbeat(
            &mut self,
            request: impl tonic::IntoRequest<super::HeartbeatRequest>,
        ) -> std::result::Result<tonic::Response<super::Ack>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Heartbeat");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Heartbeat"));
            self.inner.unary(req, path, codec).await
        }
        /// Moves a gateway's groups away, unless it keeps them, then forgets it; answered when both are
        /// done. `not-available` when it takes too long: the move goes on.
        pub async fn deregister(
            &mut self,
            request: impl tonic::IntoRequest<super::DeregisterRequest>,
        ) -> std::result::Result<tonic::Response<super::DeregisterResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Deregister");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Deregister"));
            self.inner.unary(req, path, codec).await
        }
        /// The coordinator of a group, assigning one if there is none. `not-available` when it can't be
        /// told or decided now.
        pub async fn assign(
            &mut self,
            request: impl tonic::IntoRequest<super::AssignRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Assign");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Assign"));
            self.inner.unary(req, path, codec).await
        }
        /// Gives a group to another gateway. `not-found` when the group has no coordinator, `refused` when
        /// the wanted gateway is not a healthy member.
        pub async fn reassign(
            &mut self,
            request: impl tonic::IntoRequest<super::ReassignRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Reassign");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Reassign"));
            self.inner.unary(req, path, codec).await
        }
        /// Moves a gateway's groups away while it lives on; answered when it has none. It is given no
        /// groups until it is started again. `not-found` when there is no such gateway, `refused` when there
        /// is no other to take the groups, `not-available` when it takes too long: the move goes on.
        pub async fn drain(
            &mut self,
            request: impl tonic::IntoRequest<super::DrainRequest>,
        ) -> std::result::Result<tonic::Response<super::DrainResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Drain");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Drain"));
            self.inner.unary(req, path, codec).await
        }
        /// Tells that a leader has given up its term: whoever hears it campaigns at once.
        pub async fn resigned(
            &mut self,
            request: impl tonic::IntoRequest<super::ResignedRequest>,
        ) -> std::result::Result<tonic::Response<super::ResignedResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/groupkeeper.v1.Leader/Resigned");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("groupkeeper.v1.Leader", "Resigned"));
            self.inner.unary(req, path, codec).await
        }
    }
}
/// Generated server implementations.
pub mod leader_server {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::*;
    /// Generated trait containing gRPC methods that should be implemented for use with LeaderServer.
    #[async_trait]
    pub trait Leader: std::marker::Send + std::marker::Sync + 'static {
        /// The first words of a gateway's process: it joins, and takes the place of an earlier process at
        /// its address. Later heartbeats never do, so of two processes at one address the one that started
        /// last stays. `refused` when another gateway has its node ID.
        async fn register(
            &self,
            request: tonic::Request<super::HeartbeatRequest>,
        ) -> std::result::Result<tonic::Response<super::Ack>, tonic::Status>;
        /// Renews a gateway's session; an unknown gateway joins. `refused` when another gateway has its
        /// node ID, or a process that started later has its address.
        async fn heartbeat(
            &self,
            request: tonic::Request<super::HeartbeatRequest>,
        ) -> std::result::Result<tonic::Response<super::Ack>, tonic::Status>;
        /// Moves a gateway's groups away, unless it keeps them, then forgets it; answered when both are
        /// done. `not-available` when it takes too long: the move goes on.
        async fn deregister(
            &self,
            request: tonic::Request<super::DeregisterRequest>,
        ) -> std::result::Result<tonic::Response<super::DeregisterResponse>, tonic::Status>;
        /// The coordinator of a group, assigning one if there is none. `not-available` when it can't be
        /// told or decided now.
        async fn assign(
            &self,
            request: tonic::Request<super::AssignRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status>;
        /// Gives a group to another gateway. `not-found` when the group has no coordinator, `refused` when
        /// the wanted gateway is not a healthy member.
        async fn reassign(
            &self,
            request: tonic::Request<super::ReassignRequest>,
        ) -> std::result::Result<tonic::Response<super::Found>, tonic::Status>;
        /// Moves a gateway's groups away while it lives on; answered when it has none. It is given no
        /// groups until it is started again. `not-found` when there is no such gateway, `refused` when there
        /// is no other to take the groups, `not-available` when it takes too long: the move goes on.
        async fn drain(
            &self,
            request: tonic::Request<super::DrainRequest>,
        ) -> std::result::Result<tonic::Response<super::DrainResponse>, tonic::Status>;
        /// Tells that a leader has given up its term: whoever hears it campaigns at once.
        async fn resigned(
            &self,
            request: tonic::Request<super::ResignedRequest>,
        ) -> std::result::Result<tonic::Response<super::ResignedResponse>, tonic::Status>;
    }
    /// What gateways ask of the one that leads. One that does not lead says `not-leader` and never
    /// forwards, so no question runs in circles; Resigned alone is answered by all.
    ///
    /// A cancelled call loses its answer; what it asked for may still be done.
    #[derive(Debug)]
    pub struct LeaderServer<T> {
        inner: Arc<T>,
        accept_compression_encodings: EnabledCompressionEncodings,
        send_compression_encodings: EnabledCompressionEncodings,
        max_decoding_message_size: Option<usize>,
        max_encoding_message_size: Option<usize>,
    }
    impl<T> LeaderServer<T> {
        pub fn new(inner: T) -> Self {
            Self::from_arc(Arc::new(inner))
        }
        pub fn from_arc(inner: Arc<T>) -> Self {
            Self {
                inner,
                accept_compression_encodings: Default::default(),
                send_compression_encodings: Default::default(),
                max_decoding_message_size: None,
                max_encoding_message_size: None,
            }
        }
        pub fn with_interceptor<F>(inner: T, interceptor: F) -> InterceptedService<Self, F>
        where
            F: tonic::service::Interceptor,
        {
            InterceptedService::new(Self::new(inner), interceptor)
        }
        /// Enable decompressing requests with the given encoding.
        #[must_use]
        pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.accept_compression_encodings.enable(encoding);
            self
        }
        /// Compress responses with the given encoding, if the client supports it.
        #[must_use]
        pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.send_compression_encodings.enable(encoding);
            self
        }
        /// Limits the maximum size of a decoded message.
        ///
        /// Default: `4MB`
        #[must_use]
        pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
            self.max_decoding_message_size = Some(limit);
            self
        }
        /// Limits the maximum size of an encoded message.
        ///
        /// Default: `usize::MAX`
        #[must_use]
        pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
            self.max_encoding_message_size = Some(limit);
            self
        }
    }
    impl<T, B> tonic::codegen::Service<http::Request<B>> for LeaderServer<T>
    where
        T: Leader,
        B: Body + std::marker::Send + 'static,
        B::Error: Into<StdError> + std::marker::Send + 'static,
    {
        type Response = http::Response<tonic::body::Body>;
        type Error = std::convert::Infallible;
        type Future = BoxFuture<Self::Response, Self::Error>;
        fn poll_ready(
            &mut self,
            _cx: &mut Context<'_>,
        ) -> Poll<std::result::Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, req: http::Request<B>) -> Self::Future {
            match req.uri().path() {
                "/groupkeeper.v1.Leader/Register" => {
                    #[allow(non_camel_case_types)]
                    struct RegisterSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::HeartbeatRequest> for RegisterSvc<T> {
                        type Response = super::Ack;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::HeartbeatRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Leader>::register(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = RegisterSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Leader/Heartbeat" => {
                    #[allow(non_camel_case_types)]
                    struct HeartbeatSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::HeartbeatRequest> for HeartbeatSvc<T> {
                        type Response = super::Ack;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::HeartbeatRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut =
                                async move { <T as Leader>::heartbeat(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = HeartbeatSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Leader/Deregister" => {
                    #[allow(non_camel_case_types)]
                    struct DeregisterSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::DeregisterRequest> for DeregisterSvc<T> {
                        type Response = super::DeregisterResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::DeregisterRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut =
                                async move { <T as Leader>::deregister(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = DeregisterSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Leader/Assign" => {
                    #[allow(non_camel_case_types)]
                    struct AssignSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::AssignRequest> for AssignSvc<T> {
                        type Response = super::Found;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::AssignRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Leader>::assign(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = AssignSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Leader/Reassign" => {
                    #[allow(non_camel_case_types)]
                    struct ReassignSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::ReassignRequest> for ReassignSvc<T> {
                        type Response = super::Found;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ReassignRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Leader>::reassign(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = ReassignSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Leader/Drain" => {
                    #[allow(non_camel_case_types)]
                    struct DrainSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::DrainRequest> for DrainSvc<T> {
                        type Response = super::DrainResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::DrainRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Leader>::drain(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = DrainSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/groupkeeper.v1.Leader/Resigned" => {
                    #[allow(non_camel_case_types)]
                    struct ResignedSvc<T: Leader>(pub Arc<T>);
                    impl<T: Leader> tonic::server::UnaryService<super::ResignedRequest> for ResignedSvc<T> {
                        type Response = super::ResignedResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ResignedRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move { <T as Leader>::resigned(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = ResignedSvc(inner);
                        let codec = tonic_prost::ProstCodec::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                _ => Box::pin(async move {
                    let mut response = http::Response::new(tonic::body::Body::default());
                    let headers = response.headers_mut();
                    headers.insert(
                        tonic::Status::GRPC_STATUS,
                        (tonic::Code::Unimplemented as i32).into(),
                    );
                    headers.insert(
                        http::header::CONTENT_TYPE,
                        tonic::metadata::GRPC_CONTENT_TYPE,
                    );
                    Ok(response)
                }),
            }
        }
    }
    impl<T> Clone for LeaderServer<T> {
        fn clone(&self) -> Self {
            let inner = self.inner.clone();
            Self {
                inner,
                accept_compression_encodings: self.accept_compression_encodings,
                send_compression_encodings: self.send_compression_encodings,
                max_decoding_message_size: self.max_decoding_message_size,
                max_encoding_message_size: self.max_encoding_message_size,
            }
        }
    }
    /// Generated gRPC service name
    pub const SERVICE_NAME: &str = "groupkeeper.v1.Leader";
    impl<T> tonic::server::NamedService for LeaderServer<T> {
        const NAME: &'static str = SERVICE_NAME;
    }
}
