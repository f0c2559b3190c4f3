use async_trait::async_trait;
use groupkeeper_types::{GatewayAddr, GroupName};
use tokio::time::timeout;

use super::calls::{CallInput, Command, ask};
use super::registry::Registry;
use crate::machine::{Input, Reply};
use crate::peer::{Ack, Found, Heartbeat, LeaderService, Leave, PeerError, Resigned};

#[async_trait]
impl LeaderService for Registry {
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Ack, PeerError> {
        match self.in_time_reply(CallInput::Heartbeat(heartbeat)).await? {
            Reply::Ack(result) => result,
            Reply::Found(_) | Reply::Done(_) => Err(mistaken()),
        }
    }

    async fn leave(&self, leave: Leave) -> Result<(), PeerError> {
        let asked = ask(&self.0.commands, CallInput::Leave(leave));
        let late = |_| Err(PeerError::not_available("the groups are still being moved"));
        match timeout(self.0.timing.lease, asked)
            .await
            .unwrap_or_else(late)?
        {
            Reply::Done(result) => result,
            Reply::Ack(_) | Reply::Found(_) => Err(mistaken()),
        }
    }

    async fn assign(&self, group: GroupName) -> Result<Found, PeerError> {
        self.ask_group(CallInput::Assign(group)).await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        self.ask_group(CallInput::Reassign(group, to)).await
    }

    async fn resigned(&self, resigned: Resigned) -> Result<(), PeerError> {
        let sent = self
            .0
            .commands
            .send(Command::Input(Input::Resigned(resigned)));
        sent.await
            .map_err(|_| PeerError::unreachable("this gateway has stopped"))
    }
}

fn mistaken() -> PeerError {
    PeerError::unreachable("a mistaken answer")
}
