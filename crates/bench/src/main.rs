//! Measures gateways: `cargo xtask bench` starts this with what it needs.

use std::process::ExitCode;

fn main() -> ExitCode {
    groupkeeper_bench::run()
}
