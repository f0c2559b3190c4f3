//! From `.proto` files to formatted Rust, in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use prost::Message as _;

use crate::MARK;
use crate::proto_crate::ProtoCrate;

/// Generated files by name, without a folder. `a.b.rs` is called `a_b.rs`, so that `mod a_b;` finds it.
pub(crate) type Generated = BTreeMap<String, Vec<u8>>;

/// Compiles `protos` and returns what belongs into the crate's `src/proto/`.
pub(crate) fn generate(
    root: &Path,
    proto_crate: &ProtoCrate,
    protos: &[PathBuf],
) -> Result<Generated> {
    // Only the debug form names the file, line and column.
    let mut descriptors = protox::compile(protos, [proto_crate.proto_folder(root)])
        .map_err(|error| anyhow!("{}: {error:?}", proto_crate.folder))?;
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    tonic_prost_build::configure()
        .build_client(proto_crate.client)
        .build_server(proto_crate.server)
        // A HashMap iterates in a random order, so equal messages would encode differently.
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .out_dir(scratch.path())
        .compile_fds(descriptors.clone())
        .with_context(|| format!("cannot generate code for {}", proto_crate.folder))?;

    let mut generated = Generated::new();
    for entry in fs::read_dir(scratch.path())? {
        let path = entry?.path();
        mark(&path, proto_crate)?;
        format(root, &path)?;
        generated.insert(module_file(&path)?, fs::read(&path)?);
    }
    if let Some(name) = proto_crate.descriptor {
        for file in &mut descriptors.file {
            // Comments and positions would triple the size of what reflection serves.
            file.source_code_info = None;
        }
        generated.insert(name.to_owned(), descriptors.encode_to_vec());
    }
    Ok(generated)
}

/// Puts the mark in place of the generator's own first line.
fn mark(path: &Path, proto_crate: &ProtoCrate) -> Result<()> {
    let code = fs::read_to_string(path)?;
    let code = match code.split_once('\n') {
        Some((first, rest)) if first.starts_with("//") => rest,
        _ => code.as_str(),
    };
    let marked = format!(
        "{MARK} from {}/proto by `cargo xtask codegen`; do not edit.\n{code}",
        proto_crate.folder
    );
    fs::write(path, marked).with_context(|| format!("cannot write {}", path.display()))
}

/// Formats as `cargo fmt` would, which sees these files as modules of their crate.
fn format(root: &Path, path: &Path) -> Result<()> {
    let status = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .arg(path)
        .status()
        .context("cannot start rustfmt; install it with: rustup component add rustfmt")?;
    if !status.success() {
        bail!("rustfmt refused the code generated as {}", path.display());
    }
    Ok(())
}

fn module_file(path: &Path) -> Result<String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.ok_or_else(|| anyhow!("{} has no usable name", path.display()))?;
    Ok(format!("{}.rs", stem.replace('.', "_")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{committed, is_generated};

    const PROTO: &str = r#"syntax = "proto3";
        package shop.v1;
        // What is asked.
        message Ask { map<string, string> words = 1; }
        service Shop { rpc Buy(Ask) returns (Ask); }
    "#;

    fn sample(client: bool, descriptor: Option<&'static str>) -> (tempfile::TempDir, ProtoCrate) {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("rustfmt.toml"), "max_width = 100\n").unwrap();
        fs::create_dir_all(root.path().join("shop/proto/v1")).unwrap();
        fs::write(root.path().join("shop/proto/v1/shop.proto"), PROTO).unwrap();
        (
            root,
            ProtoCrate {
                folder: "shop",
                client,
                server: false,
                descriptor,
            },
        )
    }

    #[test]
    fn generates_marked_modules_and_a_descriptor() {
        let (root, shop) = sample(true, Some("shop.bin"));
        let protos = shop.proto_files(root.path()).unwrap();
        let generated = generate(root.path(), &shop, &protos).unwrap();

        let names: Vec<_> = generated.keys().map(String::as_str).collect();
        assert_eq!(names, ["shop.bin", "shop_v1.rs"]);
        let code = String::from_utf8(generated["shop_v1.rs"].clone()).unwrap();
        assert!(is_generated("shop_v1.rs", code.as_bytes()));
        assert!(code.contains("BTreeMap") && !code.contains("HashMap"));
        assert!(code.contains("mod shop_client") && !code.contains("mod shop_server"));
        // Without comments: what reflection serves needs names and types alone.
        assert!(!String::from_utf8_lossy(&generated["shop.bin"]).contains("What is asked"));
    }

    #[test]
    fn a_second_run_changes_nothing_and_a_changed_proto_is_seen() {
        let (root, shop) = sample(false, None);
        let output = shop.output_folder(root.path());
        let run = || {
            let protos = shop.proto_files(root.path()).unwrap();
            let generated = generate(root.path(), &shop, &protos).unwrap();
            committed::compare(&output, generated).unwrap()
        };
        let first = run();
        assert_eq!(first.len(), 1);
        first[0].apply().unwrap();
        assert_eq!(run().len(), 0);

        let changed = PROTO.replace("words", "names");
        fs::write(root.path().join("shop/proto/v1/shop.proto"), changed).unwrap();
        assert_eq!(run().len(), 1);
    }

    #[test]
    fn a_broken_proto_is_named_with_its_line() {
        let (root, shop) = sample(false, None);
        let path = root.path().join("shop/proto/v1/shop.proto");
        fs::write(&path, "syntax = \"proto3\";\nmessage {").unwrap();
        let error = generate(root.path(), &shop, &[path])
            .unwrap_err()
            .to_string();
        assert!(error.contains("shop.proto:2"), "{error}");
    }
}
