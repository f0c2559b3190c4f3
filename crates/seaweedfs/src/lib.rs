//! Locks and assignments on a real SeaweedFS.
//!
//! [`SeaweedFs`] keeps the leader's lock in the filers' lock manager, and assignments in files: in
//! the reference's own directory and format, so that a reference gateway reads ours and we read
//! its. Every write is one transaction that holds only where the leader record is the expected one,
//! at the one filer that decides, and only while this process knows that no other one may. Reads come from a filer that has heard
//! of everything this process has seen.
//!
//! What this can't do is said by SeaweedFS: filers with a store each copy each other with a delay,
//! so one that dies or is cut off may take its newest writes along. See the guarantees of the project.

mod acquaintance;
mod assignment_file;
mod attempts;
mod config;
mod connection;
mod copies;
mod deciding;
mod entries;
mod failure;
mod filer;
mod filers;
mod fleet;
mod floor;
mod go_time;
mod greeting;
mod layout;
mod listing;
mod lock;
mod lock_answer;
mod masters;
#[cfg(feature = "testing")]
pub mod proto;
#[cfg(not(feature = "testing"))]
mod proto;
mod putting_back;
mod reads;
mod ring;
mod rounds;
mod rule;
mod seaweedfs;
mod server_address;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod told;
mod transaction;
mod witness;

pub use config::SeaweedConfig;
pub use fleet::{Fleet, FleetName, InvalidFleetName, lock_key};
pub use seaweedfs::SeaweedFs;
pub use server_address::{InvalidServerAddress, ServerAddress};
