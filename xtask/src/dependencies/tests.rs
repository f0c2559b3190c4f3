//! The rules on a workspace made for the test: one member, three packages from elsewhere.

use cargo_metadata::{Metadata, MetadataCommand};

use super::*;

const POLICY: &str = r#"
    graph = { all-features = true }
    licenses = { allow = ["MIT"] }
    bans = { multiple-versions = "deny", wildcards = "deny", allow-wildcard-paths = true, deny = [
        { crate = "openssl-sys", reason = "needs OpenSSL" },
    ] }
    sources = { unknown-registry = "deny", unknown-git = "deny" }
"#;

fn package(name: &str, version: &str, source: Option<&str>, licence: &str, req: &str) -> String {
    let source = source.map_or("null".to_owned(), |source| format!("\"{source}\""));
    format!(
        r#"{{"name":"{name}","version":"{version}","id":"{name}-{version}","source":{source},
            "license":"{licence}","dependencies":[{{"name":"dep","req":"{req}","kind":null,
            "source":null,"optional":false,"uses_default_features":true,"features":[],"target":null}}],
            "targets":[],"features":{{}},"manifest_path":"/x/Cargo.toml"}}"#
    )
}

fn metadata(packages: &[String]) -> Metadata {
    let json = format!(
        r#"{{"packages":[{}],"workspace_members":["member-1.0.0"],"resolve":null,
            "workspace_root":"/x","target_directory":"/x/target","version":1}}"#,
        packages.join(",")
    );
    MetadataCommand::parse(json).unwrap()
}

fn crates_io() -> String {
    // The name cargo gives the default registry, from this repository's own lock file.
    let lock = include_str!("../../../Cargo.lock");
    let line = lock
        .lines()
        .find_map(|line| line.strip_prefix("source = \""))
        .unwrap();
    line.trim_end_matches('"').to_owned()
}

#[test]
fn a_tree_that_keeps_the_rules_passes() {
    let policy = Policy::parse(POLICY).unwrap();
    let tree = metadata(&[
        package("member", "1.0.0", None, "MIT", "^1"),
        package("bytes", "1.0.0", Some(&crates_io()), "MIT", "*"),
    ]);
    assert_eq!(licences::check(&policy, &tree), Vec::<String>::new());
    assert_eq!(sources(&policy, &tree), Vec::<String>::new());
    assert_eq!(bans(&policy, &tree), Vec::<String>::new());
    assert_eq!(wildcards(&policy, &tree), Vec::<String>::new());
}

#[test]
fn every_breach_is_named() {
    let policy = Policy::parse(POLICY).unwrap();
    let tree = metadata(&[
        package("member", "1.0.0", None, "MIT", "*"),
        package("stray", "1.0.0", None, "GPL-3.0-only", "^1"),
        package(
            "forked",
            "1.0.0",
            Some("git+https://example.org/forked"),
            "MIT",
            "^1",
        ),
        package(
            "private",
            "1.0.0",
            Some("registry+https://example.org/index"),
            "MIT",
            "^1",
        ),
        package("openssl-sys", "1.0.0", Some(&crates_io()), "MIT", "^1"),
        package("openssl-sys", "2.0.0", Some(&crates_io()), "MIT", "^1"),
    ]);
    assert_eq!(licences::check(&policy, &tree).len(), 1);
    let sources = sources(&policy, &tree).join("\n");
    for name in ["stray", "forked", "private"] {
        assert!(sources.contains(name), "{name} is missing in: {sources}");
    }
    assert_eq!(sources.lines().count(), 3);
    assert_eq!(
        bans(&policy, &tree).len(),
        3,
        "banned twice, and there in two versions"
    );
    assert_eq!(
        wildcards(&policy, &tree),
        ["member takes any version of dep"]
    );
}

#[test]
fn an_accepted_licence_that_nothing_has_is_taken_out() {
    let policy = Policy::parse(&POLICY.replace("[\"MIT\"]", "[\"MIT\", \"Zlib\"]")).unwrap();
    let tree = metadata(&[package("member", "1.0.0", None, "MIT", "^1")]);
    let breaches = licences::check(&policy, &tree);
    assert!(
        breaches.len() == 1 && breaches[0].contains("Zlib"),
        "{breaches:?}"
    );
}

#[test]
fn a_rule_that_is_not_enforced_is_refused() {
    assert!(Policy::parse(&POLICY.replace("\"deny\"", "\"warn\"")).is_err());
    assert!(Policy::parse(&POLICY.replace("all-features = true", "all-features = false")).is_err());
    assert!(Policy::parse(&format!("{POLICY}\nadvisories = {{}}")).is_err());
}

#[test]
fn the_committed_rules_can_be_enforced() {
    Policy::parse(include_str!("../../../deny.toml")).unwrap();
}
