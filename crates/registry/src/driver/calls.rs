use std::collections::BTreeMap;

use groupkeeper_types::GroupName;
use tokio::sync::{mpsc, oneshot};

use crate::machine::{CallId, Input, Reply};
use crate::peer::PeerError;

/// A call on its way to the machine.
#[derive(Debug)]
pub(super) struct Call {
    /// Makes the input once the call has a number.
    pub(super) input: CallInput,
    pub(super) answer: oneshot::Sender<Reply>,
}

/// A call's question, without its number.
#[derive(Debug)]
pub(super) enum CallInput {
    Heartbeat(crate::peer::Heartbeat),
    Leave(crate::peer::Leave),
    Drain(groupkeeper_types::GatewayAddr),
    Assign(GroupName),
    Reassign(GroupName, Option<groupkeeper_types::GatewayAddr>),
    Stop { drain: bool },
}

/// What the task that runs the machine is sent.
#[derive(Debug)]
pub(super) enum Command {
    Call(Call),
    Input(Input),
}

/// The calls that wait for an answer, by number.
#[derive(Debug, Default)]
pub(super) struct Calls {
    waiting: BTreeMap<CallId, Waiting>,
    last: u64,
}

#[derive(Debug)]
struct Waiting {
    answer: oneshot::Sender<Reply>,
    group: Option<GroupName>,
}

impl Calls {
    /// Numbers a call.
    pub(super) fn admit(&mut self, Call { input, answer }: Call) -> Input {
        self.last += 1;
        let call = CallId(self.last);
        let group = match &input {
            CallInput::Assign(group) | CallInput::Reassign(group, _) => Some(group.clone()),
            _ => None,
        };
        self.waiting.insert(call, Waiting { answer, group });
        match input {
            CallInput::Heartbeat(heartbeat) => Input::Heartbeat { call, heartbeat },
            CallInput::Leave(leave) => Input::Leave { call, leave },
            CallInput::Drain(gateway) => Input::Drain { call, gateway },
            CallInput::Assign(group) => Input::Assign { call, group },
            CallInput::Reassign(group, to) => Input::Reassign { call, group, to },
            CallInput::Stop { drain } => Input::Stop { call, drain },
        }
    }

    pub(super) fn answer(&mut self, call: CallId, reply: Reply) {
        if let Some(waiting) = self.waiting.remove(&call) {
            // Whoever asked may have stopped waiting; then nobody misses the answer.
            drop(waiting.answer.send(reply));
        }
    }

    /// Takes out the calls nobody waits for any longer.
    pub(super) fn abandoned(&mut self) -> Vec<Input> {
        let gone = self
            .waiting
            .extract_if(.., |_, waiting| waiting.answer.is_closed());
        gone.filter_map(|(call, waiting)| {
            Some(Input::Abandon {
                call,
                group: waiting.group?,
            })
        })
        .collect()
    }
}

/// Sends a call and waits for its answer, however long that takes.
pub(super) async fn ask(
    commands: &mpsc::Sender<Command>,
    input: CallInput,
) -> Result<Reply, PeerError> {
    let stopped = || PeerError::unreachable("this gateway has stopped");
    let (answer, reply) = oneshot::channel();
    commands
        .send(Command::Call(Call { input, answer }))
        .await
        .map_err(|_| stopped())?;
    reply.await.map_err(|_| stopped())
}
