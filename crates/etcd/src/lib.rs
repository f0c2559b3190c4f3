//! Locks, assignments, and what coordinators keep of their groups, on etcd.
//!
//! [`Etcd`] keeps the leader's lock in a key under a lease, and assignments and groups in keys of their own. Every
//! write is a transaction that holds only where the leader record is the expected one, and every read
//! is agreed on by most of etcd's members: what one gateway was told no later answer takes back, through
//! every failure that leaves most members well.
//!
//! Keys are readable, `groupkeeper/fleet/groups/orders` say, and so are values, which are JSON.

mod aside;
mod attempts;
mod batches;
mod caller;
mod cluster;
mod config;
mod connector;
mod etcd;
mod failure;
mod greeting;
mod group_store;
mod layout;
mod limits;
mod listing;
mod lock;
mod login;
mod member;
mod names;
mod proto;
mod reads;
mod shared;
mod store;
mod transaction;
mod units;

pub use config::{EtcdConfig, Login};
pub use etcd::Etcd;
