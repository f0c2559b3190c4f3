//! What gateways say to each other: the messages, and the traits between them and a network.

mod ack;
mod directory;
mod found;
mod heartbeat;
mod leader_service;
mod leave;
mod member_list;
mod news;
mod ownership;
mod peer_error;
mod peers;
mod resigned;
mod status;

pub use ack::{Ack, Changes, Revokes, Standing};
pub use directory::Directory;
pub use found::{Decision, Found};
pub use heartbeat::Heartbeat;
pub use leader_service::LeaderService;
pub use leave::Leave;
pub use member_list::{MemberList, MemberView};
pub use news::News;
pub use ownership::{Held, Ownership};
pub use peer_error::PeerError;
pub use peers::Peers;
pub use resigned::Resigned;
pub use status::{LeaderView, RegistryStatus, Role};
