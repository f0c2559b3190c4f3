//! The driver on a paused clock.

mod faults;
mod leading;
mod services;
mod subscribers;
mod support;
