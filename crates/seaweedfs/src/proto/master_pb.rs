// @generated from crates/seaweedfs/proto by `cargo xtask codegen`; do not edit.
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct ListClusterNodesRequest {
    /// "filer" for filers.
    #[prost(string, tag = "1")]
    pub client_type: ::prost::alloc::string::String,
    #[prost(string, tag = "2")]
    pub filer_group: ::prost::alloc::string::String,
}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ListClusterNodesResponse {
    #[prost(message, repeated, tag = "1")]
    pub cluster_nodes: ::prost::alloc::vec::Vec<list_cluster_nodes_response::ClusterNode>,
}
/// Nested message and enum types in `ListClusterNodesResponse`.
pub mod list_cluster_nodes_response {
    #[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
    pub struct ClusterNode {
        /// host:port or host:port.grpcPort
        #[prost(string, tag = "1")]
        pub address: ::prost::alloc::string::String,
        #[prost(string, tag = "2")]
        pub version: ::prost::alloc::string::String,
        /// When it connected to the master, in the master's time; another one after each reconnection.
        #[prost(int64, tag = "4")]
        pub created_at_ns: i64,
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct GetMasterConfigurationRequest {}
#[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
pub struct GetMasterConfigurationResponse {
    /// Who leads the masters, as the asked one knows; empty where it knows nobody.
    #[prost(string, tag = "5")]
    pub leader: ::prost::alloc::string::String,
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, ::prost::Message)]
pub struct RaftListClusterServersRequest {}
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct RaftListClusterServersResponse {
    #[prost(message, repeated, tag = "1")]
    pub cluster_servers:
        ::prost::alloc::vec::Vec<raft_list_cluster_servers_response::ClusterServers>,
}
/// Nested message and enum types in `RaftListClusterServersResponse`.
pub mod raft_list_cluster_servers_response {
    #[derive(Clone, PartialEq, Eq, Hash, ::prost::Message)]
    pub struct ClusterServers {
        #[prost(string, tag = "1")]
        pub id: ::prost::alloc::string::String,
        /// "Voter", or something else.
        #[prost(string, tag = "3")]
        pub suffrage: ::prost::alloc::string::String,
    }
}
/// Generated client implementations.
pub mod seaweed_client {
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
    pub struct SeaweedClient<T> {
        inner: tonic::client::Grpc<T>,
    }
    impl SeaweedClient<tonic::transport::Channel> {
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
    impl<T> SeaweedClient<T>
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
        ) -> SeaweedClient<InterceptedService<T, F>>
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
            SeaweedClient::new(InterceptedService::new(inner, interceptor))
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
        /// The servers of one kind that the master sees alive.
        pub async fn list_cluster_nodes(
            &mut self,
            request: impl tonic::IntoRequest<super::ListClusterNodesRequest>,
        ) -> std::result::Result<tonic::Response<super::ListClusterNodesResponse>, tonic::Status>
        {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path = http::uri::PathAndQuery::from_static("/master_pb.Seaweed/ListClusterNodes");
            let mut req = request.into_request();
            req.extensions_mut()
                .insert(GrpcMethod::new("master_pb.Seaweed", "ListClusterNodes"));
            self.inner.unary(req, path, codec).await
        }
        /// Asked for who leads.
        pub async fn get_master_configuration(
            &mut self,
            request: impl tonic::IntoRequest<super::GetMasterConfigurationRequest>,
        ) -> std::result::Result<
            tonic::Response<super::GetMasterConfigurationResponse>,
            tonic::Status,
        > {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/master_pb.Seaweed/GetMasterConfiguration");
            let mut req = request.into_request();
            req.extensions_mut().insert(GrpcMethod::new(
                "master_pb.Seaweed",
                "GetMasterConfiguration",
            ));
            self.inner.unary(req, path, codec).await
        }
        /// Asked for how many masters there are.
        pub async fn raft_list_cluster_servers(
            &mut self,
            request: impl tonic::IntoRequest<super::RaftListClusterServersRequest>,
        ) -> std::result::Result<
            tonic::Response<super::RaftListClusterServersResponse>,
            tonic::Status,
        > {
            self.inner.ready().await.map_err(|e| {
                tonic::Status::unknown(format!("Service was not ready: {}", e.into()))
            })?;
            let codec = tonic_prost::ProstCodec::default();
            let path =
                http::uri::PathAndQuery::from_static("/master_pb.Seaweed/RaftListClusterServers");
            let mut req = request.into_request();
            req.extensions_mut().insert(GrpcMethod::new(
                "master_pb.Seaweed",
                "RaftListClusterServers",
            ));
            self.inner.unary(req, path, codec).await
        }
    }
}
/// Generated server implementations.
pub mod seaweed_server {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value
    )]
    use tonic::codegen::*;
    /// Generated trait containing gRPC methods that should be implemented for use with SeaweedServer.
    #[async_trait]
    pub trait Seaweed: std::marker::Send + std::marker::Sync + 'static {
        /// The servers of one kind that the master sees alive.
        async fn list_cluster_nodes(
            &self,
            request: tonic::Request<super::ListClusterNodesRequest>,
        ) -> std::result::Result<tonic::Response<super::ListClusterNodesResponse>, tonic::Status>;
        /// Asked for who leads.
        async fn get_master_configuration(
            &self,
            request: tonic::Request<super::GetMasterConfigurationRequest>,
        ) -> std::result::Result<
            tonic::Response<super::GetMasterConfigurationResponse>,
            tonic::Status,
        >;
        /// Asked for how many masters there are.
        async fn raft_list_cluster_servers(
            &self,
            request: tonic::Request<super::RaftListClusterServersRequest>,
        ) -> std::result::Result<
            tonic::Response<super::RaftListClusterServersResponse>,
            tonic::Status,
        >;
    }
    #[derive(Debug)]
    pub struct SeaweedServer<T> {
        inner: Arc<T>,
        accept_compression_encodings: EnabledCompressionEncodings,
        send_compression_encodings: EnabledCompressionEncodings,
        max_decoding_message_size: Option<usize>,
        max_encoding_message_size: Option<usize>,
    }
    impl<T> SeaweedServer<T> {
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
    impl<T, B> tonic::codegen::Service<http::Request<B>> for SeaweedServer<T>
    where
        T: Seaweed,
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
                "/master_pb.Seaweed/ListClusterNodes" => {
                    #[allow(non_camel_case_types)]
                    struct ListClusterNodesSvc<T: Seaweed>(pub Arc<T>);
                    impl<T: Seaweed> tonic::server::UnaryService<super::ListClusterNodesRequest>
                        for ListClusterNodesSvc<T>
                    {
                        type Response = super::ListClusterNodesResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::ListClusterNodesRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Seaweed>::list_cluster_nodes(&inner, request).await
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
                        let method = ListClusterNodesSvc(inner);
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
                "/master_pb.Seaweed/GetMasterConfiguration" => {
                    #[allow(non_camel_case_types)]
                    struct GetMasterConfigurationSvc<T: Seaweed>(pub Arc<T>);
                    impl<T: Seaweed>
                        tonic::server::UnaryService<super::GetMasterConfigurationRequest>
                        for GetMasterConfigurationSvc<T>
                    {
                        type Response = super::GetMasterConfigurationResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::GetMasterConfigurationRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Seaweed>::get_master_configuration(&inner, request).await
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
                        let method = GetMasterConfigurationSvc(inner);
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
                "/master_pb.Seaweed/RaftListClusterServers" => {
                    #[allow(non_camel_case_types)]
                    struct RaftListClusterServersSvc<T: Seaweed>(pub Arc<T>);
                    impl<T: Seaweed>
                        tonic::server::UnaryService<super::RaftListClusterServersRequest>
                        for RaftListClusterServersSvc<T>
                    {
                        type Response = super::RaftListClusterServersResponse;
                        type Future = BoxFuture<tonic::Response<Self::Response>, tonic::Status>;
                        fn call(
                            &mut self,
                            request: tonic::Request<super::RaftListClusterServersRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Seaweed>::raft_list_cluster_servers(&inner, request).await
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
                        let method = RaftListClusterServersSvc(inner);
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
    impl<T> Clone for SeaweedServer<T> {
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
    pub const SERVICE_NAME: &str = "master_pb.Seaweed";
    impl<T> tonic::server::NamedService for SeaweedServer<T> {
        const NAME: &'static str = SERVICE_NAME;
    }
}
