//! What goes wrong, when, and how it ends.

mod gateways;
mod healing;
mod inject;
mod kind;
mod plan;

pub(crate) use kind::Kind;
pub(crate) use plan::run;
