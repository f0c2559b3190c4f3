//! Groups, served: the [machine](crate::Machine) of each group that this gateway owns, over a store.

mod coordinator;
mod groups;
mod runner;
mod slot;

pub use groups::Groups;
