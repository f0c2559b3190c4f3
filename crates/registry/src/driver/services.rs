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
        let input = CallInput::Heartbeat(heartbeat);
        match self.reply_within(self.0.timing.find, input).await? {
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
        self.ask_group(CallInput::Assign(group), self.0.timing.find)
            .await
    }

    async fn reassign(
        &self,
        group: GroupName,
        to: Option<GatewayAddr>,
    ) -> Result<Found, PeerError> {
        let limit = self.0.timing.wait() + self.0.timing.announce;
        self.ask_group(CallInput::Reassign(group, to), limit).await
    }

    async fn drain(&self, gateway: GatewayAddr) -> Result<(), PeerError> {
        let limit = self.0.timing.wait() + self.0.timing.announce;
        match self.reply_within(limit, CallInput::Drain(gateway)).await? {
            Reply::Done(result) => result,
            Reply::Ack(_) | Reply::Found(_) => Err(mistaken()),
        }
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
