//! Groupkeeper.
fn main() {}
