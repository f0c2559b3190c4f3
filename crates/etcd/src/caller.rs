use std::time::Duration;

use futures_util::StreamExt as _;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::login::Token;
use crate::proto::kv_client::KvClient;
use crate::proto::lease_client::LeaseClient;
use crate::proto::{
    LeaseGrantRequest, LeaseKeepAliveRequest, LeaseKeepAliveResponse, LeaseRevokeRequest,
    RangeRequest, RangeResponse, TxnRequest, TxnResponse,
};

/// The most one answer may have. A page of the largest names there can be has more, and is asked for again,
/// smaller.
const MAX_ANSWER: usize = 64 << 20;

/// One connection, whose calls all end within a time.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) channel: Channel,
    pub(crate) token: Token,
    pub(crate) within: Duration,
    /// Whether a member without a leader is to say so at once, instead of waiting for one.
    pub(crate) needs_leader: bool,
}

impl Caller {
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        // The member gives up at the same time, so that nothing of it lands much later.
        request.set_timeout(self.within);
        let metadata = request.metadata_mut();
        if let Some(token) = self.token.text() {
            metadata.insert("token", token.clone());
        }
        if self.needs_leader {
            metadata.insert("hasleader", MetadataValue::from_static("true"));
        }
        request
    }

    fn kv(&self) -> KvClient<Channel> {
        KvClient::new(self.channel.clone()).max_decoding_message_size(MAX_ANSWER)
    }

    fn lease(&self) -> LeaseClient<Channel> {
        LeaseClient::new(self.channel.clone())
    }

    pub(crate) async fn range(&self, message: RangeRequest) -> Result<RangeResponse, Status> {
        let answer = self.kv().range(self.request(message)).await?;
        Ok(answer.into_inner())
    }

    pub(crate) async fn txn(&self, message: TxnRequest) -> Result<TxnResponse, Status> {
        let answer = self.kv().txn(self.request(message)).await?;
        Ok(answer.into_inner())
    }

    /// Begins a lease of so many seconds, under a number of the caller's choice.
    pub(crate) async fn grant(&self, id: i64, ttl: i64) -> Result<(), Status> {
        let message = LeaseGrantRequest { ttl, id };
        self.lease().lease_grant(self.request(message)).await?;
        Ok(())
    }

    /// Ends a lease, and with it what stands under it.
    pub(crate) async fn revoke(&self, id: i64) -> Result<(), Status> {
        let message = LeaseRevokeRequest { id };
        self.lease().lease_revoke(self.request(message)).await?;
        Ok(())
    }

    /// Begins a lease's time anew; `None` where it is over.
    pub(crate) async fn keep_alive(&self, id: i64) -> Result<Option<()>, Status> {
        // A stream of one: what is asked twice a second needs none that stays open.
        let messages = futures_util::stream::iter([LeaseKeepAliveRequest { id }]);
        let answers = self
            .lease()
            .lease_keep_alive(self.request(messages))
            .await?;
        match answers.into_inner().next().await {
            Some(Ok(LeaseKeepAliveResponse { ttl, .. })) => Ok((ttl > 0).then_some(())),
            Some(Err(status)) => Err(status),
            None => Err(Status::unavailable("the answer ended before it began")),
        }
    }
}
