use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use groupkeeper_registry::NotOwner;
use groupkeeper_types::GroupName;

use crate::{Answer, Broker, Cluster, Lease};

/// What is known of groups at one moment.
pub trait Look {
    /// What can be said at once; `None` when it takes asking somebody ([`Coordinators::find`]). The
    /// name has 1 to 32,767 bytes.
    fn known(&self, group: &str) -> Option<Answer<&Broker>>;
}

/// Who coordinates which group: what the listener asks, and all it knows of the rest of the system.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait Coordinators: Debug + Send + Sync + 'static {
    /// What is known as of now, to look up in it what one client asks for in one breath. It is
    /// dropped before anything is waited for.
    ///
    /// # To ensure correctness
    /// - It never blocks, and costs little: every request passes here first, and clients repeat
    ///   theirs ten times a second while the answer is [`Answer::Unknown`].
    fn look<'a>(&'a self) -> Box<dyn Look + 'a>;

    /// Asks whoever knows. Called only after [`Look::known`] said `None`, for several groups
    /// at once, and dropped at any await: when its time is up, the client is gone, or the listener
    /// stops.
    ///
    /// # To ensure correctness
    /// - A failure is [`Answer::Unknown`], never a guess.
    async fn find(&self, group: &GroupName) -> Answer;

    /// Leave to act for this group at this gateway, asking whoever knows where that takes it. Called
    /// before every group call, and dropped as [`find`](Self::find) is.
    ///
    /// # Errors
    /// [`NotOwner::NotCoordinator`] where another gateway coordinates the group, or no lease on it is
    /// valid; [`NotOwner::NotAvailable`] where that can't be told.
    ///
    /// # To ensure correctness
    /// - The lease is valid when it is given. A doubt is an error.
    async fn claim(&self, group: &GroupName) -> Result<Arc<dyn Lease>, NotOwner>;

    /// The fleet as of now. It never blocks; a value is shared rather than built for each call.
    fn cluster(&self) -> Arc<Cluster>;
}
