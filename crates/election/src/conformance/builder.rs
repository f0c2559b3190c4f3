use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::LockService;

/// How the suite gets at an implementation.
#[async_trait]
pub trait Builder: Send + Sync + 'static {
    /// A client of the service: each call gives one more, and all of them see the same locks. Give
    /// it a connection of its own where clients have connections.
    async fn build(&self) -> Arc<dyn LockService>;

    /// Lets so much time pass for the service. A service on a clock of the test's moves that
    /// clock; any other sleeps.
    async fn let_pass(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    /// Lets a lock expire that was just acquired or renewed with this time-to-live: whole seconds,
    /// 1 or 2. A service that looks at expired locks only now and then waits longer.
    async fn let_expire(&self, ttl: Duration) {
        self.let_pass(ttl + Duration::from_millis(300)).await;
    }
}
