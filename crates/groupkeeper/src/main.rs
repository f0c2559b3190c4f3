//! Groupkeeper.

use std::process::ExitCode;

fn main() -> ExitCode {
    groupkeeper::run()
}
