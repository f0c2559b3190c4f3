// @generated from crates/seaweedfs/proto by `cargo xtask codegen`; do not edit.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct Entry {
    #[prost(string, tag = "1")]
    pub name: ::prost::alloc::string::String,
    #[prost(bool, tag = "2")]
    pub is_directory: bool,
    /// Where the rest of a large file is: kept as it came, so that moving the entry loses nothing.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub chunks: ::prost::alloc::vec::Vec<::prost::alloc::vec::Vec<u8>>,
    #[prost(message, optional, tag = "4")]
    pub attributes: ::core::option::Option<FuseAttributes>,
    #[prost(btree_map = "string, bytes", tag = "5")]
    pub extended: ::prost::alloc::collections::BTreeMap<
        ::prost::alloc::string::String,
        ::prost::alloc::vec::Vec<u8>,
    >,
    /// What the file holds, where the filer keeps it beside its name; empty for a file kept in chunks.
    #[prost(bytes = "vec", tag = "9")]
    pub content: ::prost::alloc::vec::Vec<u8>,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct FuseAttributes {
    #[prost(uint64, tag = "1")]
    pub file_size: u64,
    /// Unix time, seconds.
    #[prost(int64, tag = "2")]
    pub mtime: i64,
    #[prost(uint32, tag = "3")]
    pub file_mode: u32,
    /// Unix time, seconds.
    #[prost(int64, tag = "6")]
    pub crtime: i64,
    /// What the filer makes the ETag from.
    #[prost(bytes = "vec", tag = "14")]
    pub md5: ::prost::alloc::vec::Vec<u8>,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct LookupDirectoryEntryRequest {
    #[prost(string, tag = "1")]
    pub directory: ::prost::alloc::string::String,
    #[prost(string, tag = "2")]
    pub name: ::prost::alloc::string::String,
}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct LookupDirectoryEntryResponse {
    #[prost(message, optional, tag = "1")]
    pub entry: ::core::option::Option<Entry>,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct ListEntriesRequest {
    #[prost(string, tag = "1")]
    pub directory: ::prost::alloc::string::String,
    #[prost(string, tag = "2")]
    pub prefix: ::prost::alloc::string::String,
    #[prost(string, tag = "3")]
    pub start_from_file_name: ::prost::alloc::string::String,
    #[prost(bool, tag = "4")]
    pub inclusive_start_from: bool,
    #[prost(uint32, tag = "5")]
    pub limit: u32,
}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ListEntriesResponse {
    #[prost(message, optional, tag = "1")]
    pub entry: ::core::option::Option<Entry>,
}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct CreateEntryRequest {
    #[prost(string, tag = "1")]
    pub directory: ::prost::alloc::string::String,
    #[prost(message, optional, tag = "2")]
    pub entry: ::core::option::Option<Entry>,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct CreateEntryResponse {
    #[prost(string, tag = "1")]
    pub error: ::prost::alloc::string::String,
    #[prost(enumeration = "FilerError", tag = "3")]
    pub error_code: i32,
}
/// Holds where every clause holds.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct WriteCondition {
    #[prost(message, repeated, tag = "1")]
    pub clauses: ::prost::alloc::vec::Vec<write_condition::Clause>,
}
/// Nested message and enum types in `WriteCondition`.
pub mod write_condition {
    #[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
    pub struct Clause {
        #[prost(enumeration = "Kind", tag = "1")]
        pub kind: i32,
        #[prost(string, repeated, tag = "2")]
        pub etags: ::prost::alloc::vec::Vec<::prost::alloc::string::String>,
    }
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
    #[repr(i32)]
    pub enum Kind {
        None = 0,
        IfNotExists = 1,
        IfExists = 2,
        IfEtagMatch = 3,
    }
    impl Kind {
        /// String value of the enum field names used in the ProtoBuf definition.
        ///
        /// The values are not transformed in any way and thus are considered stable
        /// (if the ProtoBuf definition does not change) and safe for programmatic use.
        pub fn as_str_name(&self) -> &'static str {
            match self {
                Self::None => "NONE",
                Self::IfNotExists => "IF_NOT_EXISTS",
                Self::IfExists => "IF_EXISTS",
                Self::IfEtagMatch => "IF_ETAG_MATCH",
            }
        }
        /// Creates an enum from field names used in the ProtoBuf definition.
        pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {
            match value {
                "NONE" => Some(Self::None),
                "IF_NOT_EXISTS" => Some(Self::IfNotExists),
                "IF_EXISTS" => Some(Self::IfExists),
                "IF_ETAG_MATCH" => Some(Self::IfEtagMatch),
                _ => None,
            }
        }
    }
}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ObjectMutation {
    #[prost(enumeration = "object_mutation::Type", tag = "1")]
    pub r#type: i32,
    #[prost(string, tag = "2")]
    pub directory: ::prost::alloc::string::String,
    /// For DELETE.
    #[prost(string, tag = "3")]
    pub name: ::prost::alloc::string::String,
    /// For PUT.
    #[prost(message, optional, tag = "4")]
    pub entry: ::core::option::Option<Entry>,
    #[prost(bool, tag = "7")]
    pub is_delete_data: bool,
}
/// Nested message and enum types in `ObjectMutation`.
pub mod object_mutation {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
    #[repr(i32)]
    pub enum Type {
        Put = 0,
        Delete = 1,
    }
    impl Type {
        /// String value of the enum field names used in the ProtoBuf definition.
        ///
        /// The values are not transformed in any way and thus are considered stable
        /// (if the ProtoBuf definition does not change) and safe for programmatic use.
        pub fn as_str_name(&self) -> &'static str {
            match self {
                Self::Put => "PUT",
                Self::Delete => "DELETE",
            }
        }
        /// Creates an enum from field names used in the ProtoBuf definition.
        pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {
            match value {
                "PUT" => Some(Self::Put),
                "DELETE" => Some(Self::Delete),
                _ => None,
            }
        }
    }
}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ObjectTransactionRequest {
    /// The path that is locked, and that the condition looks at.
    #[prost(string, tag = "1")]
    pub lock_key: ::prost::alloc::string::String,
    #[prost(message, optional, tag = "2")]
    pub condition: ::core::option::Option<WriteCondition>,
    /// A route key (field 7) is never sent: the filer that is asked would pass the transaction on to
    /// another one. Without it, it decides itself.
    #[prost(message, repeated, tag = "3")]
    pub mutations: ::prost::alloc::vec::Vec<ObjectMutation>,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct ObjectTransactionResponse {
    #[prost(string, tag = "1")]
    pub error: ::prost::alloc::string::String,
    #[prost(enumeration = "FilerError", tag = "2")]
    pub error_code: i32,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct LockRequest {
    #[prost(string, tag = "1")]
    pub name: ::prost::alloc::string::String,
    #[prost(int64, tag = "2")]
    pub seconds_to_lock: i64,
    #[prost(string, tag = "3")]
    pub renew_token: ::prost::alloc::string::String,
    /// Answer from here, and name the filer that should have been asked instead of asking it.
    #[prost(bool, tag = "4")]
    pub is_moved: bool,
    #[prost(string, tag = "5")]
    pub owner: ::prost::alloc::string::String,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct LockResponse {
    #[prost(string, tag = "1")]
    pub renew_token: ::prost::alloc::string::String,
    #[prost(string, tag = "2")]
    pub lock_owner: ::prost::alloc::string::String,
    #[prost(string, tag = "3")]
    pub lock_host_moved_to: ::prost::alloc::string::String,
    #[prost(string, tag = "4")]
    pub error: ::prost::alloc::string::String,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct UnlockRequest {
    #[prost(string, tag = "1")]
    pub name: ::prost::alloc::string::String,
    #[prost(string, tag = "2")]
    pub renew_token: ::prost::alloc::string::String,
    #[prost(bool, tag = "3")]
    pub is_moved: bool,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct UnlockResponse {
    #[prost(string, tag = "1")]
    pub error: ::prost::alloc::string::String,
    #[prost(string, tag = "2")]
    pub moved_to: ::prost::alloc::string::String,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct FindLockOwnerRequest {
    #[prost(string, tag = "1")]
    pub name: ::prost::alloc::string::String,
    #[prost(bool, tag = "2")]
    pub is_moved: bool,
}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct FindLockOwnerResponse {
    #[prost(string, tag = "1")]
    pub owner: ::prost::alloc::string::String,
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct GetFilerConfigurationRequest {}
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct GetFilerConfigurationResponse {
    /// The same at filers that share one store.
    #[prost(int32, tag = "8")]
    pub signature: i32,
}
/// Without a target the filer answers for itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct PingRequest {}
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct PingResponse {}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]
#[repr(i32)]
pub enum FilerError {
    Ok = 0,
    EntryNameTooLong = 1,
    ParentIsFile = 2,
    ExistingIsDirectory = 3,
    ExistingIsFile = 4,
    EntryAlreadyExists = 5,
    PreconditionFailed = 6,
}
impl FilerError {
    /// String value of the enum field names used in the ProtoBuf definition.
    ///
    /// The values are not transformed in any way and thus are considered stable
    /// (if the ProtoBuf definition does not change) and safe for programmatic use.
    pub fn as_str_name(&self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::EntryNameTooLong => "ENTRY_NAME_TOO_LONG",
            Self::ParentIsFile => "PARENT_IS_FILE",
            Self::ExistingIsDirectory => "EXISTING_IS_DIRECTORY",
            Self::ExistingIsFile => "EXISTING_IS_FILE",
            Self::EntryAlreadyExists => "ENTRY_ALREADY_EXISTS",
            Self::PreconditionFailed => "PRECONDITION_FAILED",
        }
    }
    /// Creates an enum from field names used in the ProtoBuf definition.
    pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {
        match value {
            "OK" => Some(Self::Ok),
            "ENTRY_NAME_TOO_LONG" => Some(Self::EntryNameTooLong),
            "PARENT_IS_FILE" => Some(Self::ParentIsFile),
            "EXISTING_IS_DIRECTORY" => Some(Self::ExistingIsDirectory),
            "EXISTING_IS_FILE" => Some(Self::ExistingIsFile),
            "ENTRY_ALREADY_EXISTS" => Some(Self::EntryAlreadyExists),
            "PRECONDITION_FAILED" => Some(Self::PreconditionFailed),
            _ => None,
        }
    }
}
/// Generated client implementations.
pub mod seaweed_filer_client {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::http::Uri;
    use tonic::codegen::*;
    #[derive(Debug, Clone)]
    pub struct SeaweedFilerClient<T> {
        inner: tonic::client::Grpc<T>,
    }
    impl SeaweedFilerClient<tonic::transport::Channel> {
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
    impl<T> SeaweedFilerClient<T>
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
        ) -> SeaweedFilerClient<InterceptedService<T, F>>
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
            SeaweedFilerClient::new(InterceptedService::new(inner, interceptor))
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
        pub async fn lookup_directory_entry(
            &mut self,
            request: impl tonic::IntoRequest<super::LookupDirectoryEntryRequest>,
        ) -> std::result::Result<tonic::Response<super::LookupDirectoryEntryResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/LookupDirectoryEntry");
            let mut req = request.into_request();
            req.extensions_mut().insert(GrpcMethod::new(
                "filer_pb.SeaweedFiler",
                "LookupDirectoryEntry",
            ));
            self.inner.unary(req, path, codec).await
        }
        pub async fn list_entries(
            &mut self,
            request: impl tonic::IntoRequest<super::ListEntriesRequest>,
        ) -> std::result::Result<
            tonic::Response<tonic::codec::Streaming<super::ListEntriesResponse>>,
            tonic::Status,
        > {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/ListEntries");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("filer_pb.SeaweedFiler", "ListEntries"));
            self.inner.server_streaming(req, path, codec).await
        }
        /// Only tests write an entry by itself: the store writes in transactions.
        pub async fn create_entry(
            &mut self,
            request: impl tonic::IntoRequest<super::CreateEntryRequest>,
        ) -> std::result::Result<tonic::Response<super::CreateEntryResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/CreateEntry");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("filer_pb.SeaweedFiler", "CreateEntry"));
            self.inner.unary(req, path, codec).await
        }
        pub async fn object_transaction(
            &mut self,
            request: impl tonic::IntoRequest<super::ObjectTransactionRequest>,
        ) -> std::result::Result<tonic::Response<super::ObjectTransactionResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/ObjectTransaction");
            let mut req = request.into_request();
            req.extensions_mut().insert(GrpcMethod::new(
                "filer_pb.SeaweedFiler",
                "ObjectTransaction",
            ));
            self.inner.unary(req, path, codec).await
        }
        pub async fn distributed_lock(
            &mut self,
            request: impl tonic::IntoRequest<super::LockRequest>,
        ) -> std::result::Result<tonic::Response<super::LockResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/DistributedLock");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("filer_pb.SeaweedFiler", "DistributedLock"));
            self.inner.unary(req, path, codec).await
        }
        pub async fn distributed_unlock(
            &mut self,
            request: impl tonic::IntoRequest<super::UnlockRequest>,
        ) -> std::result::Result<tonic::Response<super::UnlockResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/DistributedUnlock");
            let mut req = request.into_request();
            req.extensions_mut().insert(GrpcMethod::new(
                "filer_pb.SeaweedFiler",
                "DistributedUnlock",
            ));
            self.inner.unary(req, path, codec).await
        }
        pub async fn find_lock_owner(
            &mut self,
            request: impl tonic::IntoRequest<super::FindLockOwnerRequest>,
        ) -> std::result::Result<tonic::Response<super::FindLockOwnerResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/FindLockOwner");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("filer_pb.SeaweedFiler", "FindLockOwner"));
            self.inner.unary(req, path, codec).await
        }
        pub async fn get_filer_configuration(
            &mut self,
            request: impl tonic::IntoRequest<super::GetFilerConfigurationRequest>,
        ) -> std::result::Result<tonic::Response<super::GetFilerConfigurationResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static(
                "/filer_pb.SeaweedFiler/GetFilerConfiguration",
            );
            let mut req = request.into_request();
            req.extensions_mut().insert(GrpcMethod::new(
                "filer_pb.SeaweedFiler",
                "GetFilerConfiguration",
            ));
            self.inner.unary(req, path, codec).await
        }
        pub async fn ping(
            &mut self,
            request: impl tonic::IntoRequest<super::PingRequest>,
        ) -> std::result::Result<tonic::Response<super::PingResponse>, tonic::Status> {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/filer_pb.SeaweedFiler/Ping");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("filer_pb.SeaweedFiler", "Ping"));
            self.inner.unary(req, path, codec).await
        }
    }
}
/// Generated server implementations.
pub mod seaweed_filer_server {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::*;
    /// Generated trait containing gRPC methods that should be implemented for use with SeaweedFilerServer.
    #[async_trait]
    pub trait SeaweedFiler: std::marker::Send + std::marker::Sync + 'static {
        async fn lookup_directory_entry(
            &self,
            request: tonic::Request<super::LookupDirectoryEntryRequest>,
        ) -> std::result::Result<tonic::Response<super::LookupDirectoryEntryResponse>, tonic::Status>;
        /// Server streaming response type for the ListEntries method.
        type ListEntriesStream: tonic::codegen::tokio_stream::Stream<
                Item = std::result::Result<super::ListEntriesResponse, tonic::Status>,
            > + std::marker::Send
            + 'static;
        async fn list_entries(
            &self,
            request: tonic::Request<super::ListEntriesRequest>,
        ) -> std::result::Result<tonic::Response<Self::ListEntriesStream>, tonic::Status>;
        /// Only tests write an entry by itself: the store writes in transactions.
        async fn create_entry(
            &self,
            request: tonic::Request<super::CreateEntryRequest>,
        ) -> std::result::Result<tonic::Response<super::CreateEntryResponse>, tonic::Status>;
        async fn object_transaction(
            &self,
            request: tonic::Request<super::ObjectTransactionRequest>,
        ) -> std::result::Result<tonic::Response<super::ObjectTransactionResponse>, tonic::Status>;
        async fn distributed_lock(
            &self,
            request: tonic::Request<super::LockRequest>,
        ) -> std::result::Result<tonic::Response<super::LockResponse>, tonic::Status>;
        async fn distributed_unlock(
            &self,
            request: tonic::Request<super::UnlockRequest>,
        ) -> std::result::Result<tonic::Response<super::UnlockResponse>, tonic::Status>;
        async fn find_lock_owner(
            &self,
            request: tonic::Request<super::FindLockOwnerRequest>,
        ) -> std::result::Result<tonic::Response<super::FindLockOwnerResponse>, tonic::Status>;
        async fn get_filer_configuration(
            &self,
            request: tonic::Request<super::GetFilerConfigurationRequest>,
        ) -> std::result::Result<tonic::Response<super::GetFilerConfigurationResponse>, tonic::Status>;
        async fn ping(
            &self,
            request: tonic::Request<super::PingRequest>,
        ) -> std::result::Result<tonic::Response<super::PingResponse>, tonic::Status>;
    }
    #[derive(Debug)]
    pub struct SeaweedFilerServer<T> {
        inner: Arc<T>,
        accept_compression_encodings: EnabledCompressionEncodings,
        send_compression_encodings: EnabledCompressionEncodings,
        max_decoding_message_size: Option<usize>,
        max_encoding_message_size: Option<usize>,
    }
    impl<T> SeaweedFilerServer<T> {
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
    impl<T, B> tonic::codegen::Service<http::Request<B>> for SeaweedFilerServer<T>
    where
        T: SeaweedFiler,
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
                "/filer_pb.SeaweedFiler/LookupDirectoryEntry" => {
                    #[allow(non_camel_case_types)]
                    struct LookupDirectoryEntrySvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler>
                        tonic::server::UnaryService<super::LookupDirectoryEntryRequest>
                        for LookupDirectoryEntrySvc<T>
                    {
                        type Response = super::LookupDirectoryEntryResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::LookupDirectoryEntryRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::lookup_directory_entry(&inner, request).await
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
                        let method = LookupDirectoryEntrySvc(inner);
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
                "/filer_pb.SeaweedFiler/ListEntries" => {
                    #[allow(non_camel_case_types)]
                    struct ListEntriesSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler>
                        tonic::server::ServerStreamingService<super::ListEntriesRequest>
                        for ListEntriesSvc<T>
                    {
                        type Response = super::ListEntriesResponse;
                        type ResponseStream = T::ListEntriesStream;
                        type Future =
                            BoxFuture<tonic::Response<Self::ResponseStream>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ListEntriesRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::list_entries(&inner, request).await
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
                        let method = ListEntriesSvc(inner);
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
                        let res = grpc.server_streaming(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/filer_pb.SeaweedFiler/CreateEntry" => {
                    #[allow(non_camel_case_types)]
                    struct CreateEntrySvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler> tonic::server::UnaryService<super::CreateEntryRequest> for CreateEntrySvc<T> {
                        type Response = super::CreateEntryResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::CreateEntryRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::create_entry(&inner, request).await
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
                        let method = CreateEntrySvc(inner);
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
                "/filer_pb.SeaweedFiler/ObjectTransaction" => {
                    #[allow(non_camel_case_types)]
                    struct ObjectTransactionSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler>
                        tonic::server::UnaryService<super::ObjectTransactionRequest>
                        for ObjectTransactionSvc<T>
                    {
                        type Response = super::ObjectTransactionResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ObjectTransactionRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::object_transaction(&inner, request).await
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
                        let method = ObjectTransactionSvc(inner);
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
                "/filer_pb.SeaweedFiler/DistributedLock" => {
                    #[allow(non_camel_case_types)]
                    struct DistributedLockSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler> tonic::server::UnaryService<super::LockRequest> for DistributedLockSvc<T> {
                        type Response = super::LockResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::LockRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::distributed_lock(&inner, request).await
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
                        let method = DistributedLockSvc(inner);
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
                "/filer_pb.SeaweedFiler/DistributedUnlock" => {
                    #[allow(non_camel_case_types)]
                    struct DistributedUnlockSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler> tonic::server::UnaryService<super::UnlockRequest>
                        for DistributedUnlockSvc<T>
                    {
                        type Response = super::UnlockResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::UnlockRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::distributed_unlock(&inner, request).await
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
                        let method = DistributedUnlockSvc(inner);
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
                "/filer_pb.SeaweedFiler/FindLockOwner" => {
                    #[allow(non_camel_case_types)]
                    struct FindLockOwnerSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler> tonic::server::UnaryService<super::FindLockOwnerRequest>
                        for FindLockOwnerSvc<T>
                    {
                        type Response = super::FindLockOwnerResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::FindLockOwnerRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::find_lock_owner(&inner, request).await
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
                        let method = FindLockOwnerSvc(inner);
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
                "/filer_pb.SeaweedFiler/GetFilerConfiguration" => {
                    #[allow(non_camel_case_types)]
                    struct GetFilerConfigurationSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler>
                        tonic::server::UnaryService<super::GetFilerConfigurationRequest>
                        for GetFilerConfigurationSvc<T>
                    {
                        type Response = super::GetFilerConfigurationResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::GetFilerConfigurationRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as SeaweedFiler>::get_filer_configuration(&inner, request).await
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
                        let method = GetFilerConfigurationSvc(inner);
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
                "/filer_pb.SeaweedFiler/Ping" => {
                    #[allow(non_camel_case_types)]
                    struct PingSvc<T: SeaweedFiler>(pub Arc<T>);
                    impl<T: SeaweedFiler> tonic::server::UnaryService<super::PingRequest> for PingSvc<T> {
                        type Response = super::PingResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::PingRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut =
                                async move { <T as SeaweedFiler>::ping(&inner, request).await };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = PingSvc(inner);
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
    impl<T> Clone for SeaweedFilerServer<T> {
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
    pub const SERVICE_NAME: &str = "filer_pb.SeaweedFiler";
    impl<T> tonic::server::NamedService for SeaweedFilerServer<T> {
        const NAME: &'static str = SERVICE_NAME;
    }
}
