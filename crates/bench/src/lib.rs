//! Measures gateways, beside the reference and an echo server.
//!
//! Everything that is compared is measured in the same run, by the same load generator, on the same
//! filer, in rounds that take turns: what else the machine does hits all of them alike. Every answer
//! is checked, so that speed cannot be bought with wrong answers.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]
#![cfg_attr(
    not(feature = "real"),
    allow(dead_code, reason = "what measures on real parts is left out")
)]

#[cfg(feature = "real")]
mod asking;
mod book;
mod command;
mod connection;
mod echo;
#[cfg(feature = "real")]
mod failover;
mod figure;
mod frames;
mod goal;
#[cfg(feature = "real")]
mod leaders;
mod load;
mod load_command;
#[cfg(feature = "real")]
mod lookups;
mod machine;
#[cfg(feature = "real")]
mod memory;
#[cfg(feature = "real")]
mod new_groups;
mod process;
#[cfg(feature = "real")]
mod raw;
mod report;
mod settings;
#[cfg(feature = "real")]
mod take_over;

pub use command::run;
