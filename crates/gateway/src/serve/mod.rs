//! Connections: from bytes that arrive to bytes that leave, within the limits.

mod alarm;
mod bind_error;
mod closed;
mod connection;
mod group_acts;
mod group_call;
mod group_turn;
mod inbox;
mod listener;
mod log_budget;
mod lookup;
mod ready;
mod responder;

pub use bind_error::BindError;
pub use listener::KafkaListener;
#[cfg(test)]
pub(crate) use responder::Later;
#[cfg(any(test, feature = "testing"))]
pub(crate) use responder::Responder;
