//! Which gateway a group is placed on, and which node ID a gateway has: pure functions that give
//! the same answer on every machine.
//!
//! Everything here is integer arithmetic over bytes, so that gateways on different processors and
//! compilers agree without asking each other. A [`Placement`] looks at one group alone: it needs
//! no table and no memory of earlier answers.
//!
//! ```
//! use groupkeeper_hashing::{Candidates, Placement, Strategy};
//! use groupkeeper_types::{GatewayAddr, GroupName};
//!
//! let addrs = ["a:9092", "b:9092", "c:9092"].map(|addr| GatewayAddr::new(addr).unwrap());
//! let strategy: Strategy = "rendezvous".parse().unwrap();
//! let group = GroupName::new("orders").unwrap();
//! let among = Candidates::equal(addrs);
//! let chosen = strategy.place(&group, &among).unwrap();
//! assert_eq!(chosen.addr.as_str(), "b:9092");
//! ```

mod candidate;
mod candidates;
mod contenders;
mod contest;
mod fixed_log;
mod fnv1a;
mod load_cap;
mod mix;
mod modulo;
mod node_id;
mod placement;
mod rendezvous;
mod strategy;
mod weight;

pub use candidate::Candidate;
pub use candidates::{Candidates, DuplicateCandidate};
pub use fnv1a::fnv1a32;
pub use load_cap::LoadCap;
pub use modulo::{Modulo, modulo_index};
pub use node_id::{node_id, node_id_from_hash};
pub use placement::Placement;
pub use rendezvous::Rendezvous;
pub use strategy::{Strategy, UnknownStrategy};
pub use weight::{InvalidWeight, Weight};
