//! Protobuf code, generated without a system `protoc` and committed.
//!
//! `codegen check` compares what the `.proto` files say with what is committed and writes nothing;
//! `codegen write` brings the committed files up to date. `cargo xtask codegen` and
//! `cargo xtask lint` start it.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks on its standard output"
)]

mod committed;
mod generate;
mod proto_crate;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};

use committed::Change;
use generate::Generated;
use proto_crate::PROTO_CRATES;

/// What to do with the files that differ.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// List them and fail.
    Check,
    /// Write them.
    Write,
}

#[derive(Parser)]
struct Args {
    #[arg(value_enum)]
    mode: Mode,
}

fn main() -> Result<ExitCode> {
    let mode = Args::parse().mode;
    let Some(root) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else {
        bail!("the xtask package has no folder above it; run this inside the repository");
    };
    let mut stale = 0_usize;
    for proto_crate in PROTO_CRATES {
        let protos = proto_crate.proto_files(root)?;
        let generated = if protos.is_empty() {
            Generated::new()
        } else {
            generate::generate(root, proto_crate, &protos)?
        };
        let changes = committed::compare(&proto_crate.output_folder(root), generated)?;
        println!(
            "{}: {} proto file(s), {} generated file(s) to change",
            proto_crate.folder,
            protos.len(),
            changes.len()
        );
        for change in &changes {
            println!("  {change}");
            if mode == Mode::Write {
                change.apply()?;
            }
        }
        stale += changes.len();
    }
    if mode == Mode::Check && stale > 0 {
        println!(
            "{stale} generated file(s) differ from their .proto files; run: cargo xtask codegen"
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The first words of every generated file; what starts otherwise was written by hand.
const MARK: &str = "// @generated";

/// Says whether a file's bytes were written by this tool.
fn is_generated(name: &str, bytes: &[u8]) -> bool {
    bytes.starts_with(MARK.as_bytes()) || name.ends_with(".bin")
}

impl Change {
    fn apply(&self) -> Result<()> {
        match self {
            Self::Write { path, bytes, .. } => committed::write(path, bytes),
            Self::Remove { path } => committed::remove(path),
        }
    }
}
