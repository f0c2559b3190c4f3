//! The machine alone: every answer in its place, late, lost, or never.

mod candidates;
mod renewals;
mod resigning;
mod support;
mod terms;
