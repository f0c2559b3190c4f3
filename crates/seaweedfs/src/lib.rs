//! Locks and assignments on a real SeaweedFS.
//!
//! [`SeaweedFs`] keeps the leader's lock in the filers' lock manager, and assignments in files: in
//! the reference's own directory and format, so that a reference gateway reads ours and we read
//! its. Every write is one transaction that holds only where the leader record is the expected one,
//! decided by the one filer that the fleet's key belongs to. Reads come from a filer that has heard
//! of everything this process has seen.
//!
//! What this can't do is said by SeaweedFS: filers with a store each copy each other with a delay,
//! so one that dies may take its newest writes along, and while filers come or go two of them may
//! decide. See the guarantees of the project.

mod assignment_file;
mod attempts;
mod config;
mod discovery;
mod entries;
mod failure;
mod filer;
mod filers;
mod fleet;
mod floor;
mod go_time;
mod layout;
mod listing;
mod lock;
mod lock_answer;
#[cfg(feature = "testing")]
pub mod proto;
#[cfg(not(feature = "testing"))]
mod proto;
mod reads;
mod routing;
mod seaweedfs;
mod server_address;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod transaction;

pub use config::SeaweedConfig;
pub use fleet::{Fleet, FleetName, InvalidFleetName, lock_key};
pub use seaweedfs::SeaweedFs;
pub use server_address::{InvalidServerAddress, ServerAddress};
