//! Which crate may depend on which, and what a build may ask of the machine.
//!
//! Someone who wants the hashing alone takes the hashing alone, and someone with a store of their own
//! takes everything but ours. That stays true only while the arrows between the crates do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::process::Command;

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// The crates that decide nothing together; each may be taken without the others.
const PARTS: [&str; 4] = [
    "groupkeeper-hashing",
    "groupkeeper-membership",
    "groupkeeper-election",
    "groupkeeper-assignment-store",
];

const TYPES: &str = "groupkeeper-types";
const GROUPS: &str = "groupkeeper-groups";
const REGISTRY: &str = "groupkeeper-registry";
const BACKENDS: [&str; 3] = [
    "groupkeeper-seaweedfs",
    "groupkeeper-embedded",
    "groupkeeper-etcd",
];
const EDGES: [&str; 2] = ["groupkeeper-rpc", "groupkeeper-gateway"];
const BINARY: &str = "groupkeeper";
const TESTS: &str = "groupkeeper-tests";
const BENCH: &str = "groupkeeper-bench";
const SIMULATION: &str = "groupkeeper-simulation";
const MODEL: &str = "groupkeeper-model";
const SCALE: &str = "groupkeeper-scale";
const WHOLE_STACK: &str = "groupkeeper-whole-stack";

/// Which of our crates one of our crates may name in its manifest, for its tests too, and why no other.
fn may_use() -> BTreeMap<&'static str, (BTreeSet<&'static str>, &'static str)> {
    let below_registry: BTreeSet<_> = PARTS.into_iter().chain([TYPES]).collect();
    let with_registry: BTreeSet<_> = below_registry.iter().copied().chain([REGISTRY]).collect();
    let all: BTreeSet<_> = with_registry
        .iter()
        .copied()
        .chain([GROUPS])
        .chain(BACKENDS)
        .chain(EDGES)
        .collect();
    let with_groups =
        |below: &BTreeSet<&'static str>| below.iter().copied().chain([GROUPS]).collect();

    let mut rules = BTreeMap::new();
    rules.insert(
        TYPES,
        (BTreeSet::new(), "the shared words stand on nothing"),
    );
    for part in PARTS {
        let why = "hashing, membership, election and assignment-store are taken one by one, so they \
                   share words (groupkeeper-types) and nothing else; what joins them is the registry";
        rules.insert(part, (BTreeSet::from([TYPES]), why));
    }
    let why = "what a coordinator does with its groups needs to know that it is one, by a token, and not \
               how that is decided or where groups are kept";
    rules.insert(GROUPS, (BTreeSet::from([TYPES]), why));
    let why =
        "the registry decides over any store and any network, so it knows traits and no backend";
    rules.insert(REGISTRY, (below_registry.clone(), why));
    for backend in BACKENDS {
        let why = "a backend is a lock and stores and can be taken without the registry; tests that \
                   join it with more belong in tests/";
        rules.insert(backend, (with_groups(&below_registry), why));
    }
    let why = "simulated fleets run what decides, on a store, a lock service and a network of their \
               own; nothing that ships knows them";
    rules.insert(SIMULATION, (with_registry.clone(), why));
    let why =
        "the model checker runs what decides, on a world of its own; nothing that ships knows it";
    rules.insert(MODEL, (with_registry.clone(), why));
    let why = "very large fleets are told to what decides; nothing that ships knows them";
    rules.insert(SCALE, (with_registry.clone(), why));
    let with_rpc = with_registry
        .iter()
        .copied()
        .chain(["groupkeeper-rpc", SIMULATION]);
    let why = "whole fleets run on a lock service, a store and a network in memory, so they know no \
               backend; nothing that ships knows them";
    rules.insert(WHOLE_STACK, (with_rpc.collect(), why));
    for edge in EDGES {
        let why = "rpc and gateway are replaced one by one and serve any backend, so each knows the \
                   registry, and neither knows the other or a backend";
        let below = if edge == "groupkeeper-gateway" {
            with_groups(&with_registry)
        } else {
            with_registry.clone()
        };
        rules.insert(edge, (below, why));
    }
    rules.insert(
        BINARY,
        (
            all.clone(),
            "the binary joins the crates; it is no library of tests",
        ),
    );
    let with_binary = all.into_iter().chain([BINARY]).collect();
    let why = "benchmarks run built programs, on the parts that tests run on";
    rules.insert(BENCH, (BTreeSet::from([TYPES, TESTS]), why));
    rules.insert(TESTS, (with_binary, "developer commands are no library"));
    rules.insert(
        "xtask",
        (
            BTreeSet::new(),
            "developer commands must build when our crates do not",
        ),
    );
    rules
}

#[test]
fn our_crates_use_only_what_lies_below_them() {
    let metadata = metadata(CargoOpt::AllFeatures);
    let rules = may_use();
    let ours: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let ruled: BTreeSet<&str> = rules.keys().copied().collect();
    assert_eq!(
        ours, ruled,
        "a crate without a rule may use anything: give it one in this file"
    );

    let mut broken = Vec::new();
    for package in metadata.workspace_packages() {
        let (may_use, why) = &rules[package.name.as_str()];
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            // A crate's tests name the crate itself to switch on its `testing` feature.
            let itself = package.name == name && dependency.kind == DependencyKind::Development;
            if ours.contains(name) && !may_use.contains(name) && !itself {
                let kind = dependency.kind;
                broken.push(format!(
                    "{} -> {name} ({kind} dependency): {why}",
                    package.name
                ));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "forbidden arrows:\n{}",
        broken.join("\n")
    );
}

#[test]
fn nothing_that_decides_depends_on_grpc() {
    let metadata = metadata(CargoOpt::AllFeatures);
    let grpc = |package: &Package| {
        let name = package.name.as_str();
        ["tonic", "prost"]
            .iter()
            .any(|it| name == *it || name.starts_with(&format!("{it}-")))
    };
    let mut broken = Vec::new();
    for from in PARTS.into_iter().chain([TYPES, GROUPS, REGISTRY]) {
        for path in reached(&metadata, from, &[DependencyKind::Development], grpc) {
            broken.push(path);
        }
    }
    assert!(
        broken.is_empty(),
        "forbidden arrows; what decides is the same over every transport, so gRPC is known to \
         groupkeeper-rpc and to backends alone:\n{}",
        broken.join("\n")
    );
}

/// Packages that look like a binding to a library of the system, and are none.
const HARMLESS: [(&str, &str); 1] =
    [("linux-raw-sys", "the kernel's constants and types, in Rust")];

/// Packages whose only use is to find or build something that Rust and a C compiler do not bring.
const SEARCHERS: [&str; 7] = [
    "pkg-config",
    "vcpkg",
    "system-deps",
    "cmake",
    "bindgen",
    "clang-sys",
    "protobuf-src",
];

#[test]
fn the_default_build_needs_no_package_of_the_system() {
    let metadata = metadata(CargoOpt::SomeFeatures(Vec::new()));
    let asks_for_more = |package: &Package| {
        let name = package.name.as_str();
        let binds = name.ends_with("-sys") || package.links.is_some();
        let harmless = HARMLESS.iter().any(|(harmless, _)| name == *harmless);
        SEARCHERS.contains(&name) || (binds && !harmless)
    };
    let broken = reached(&metadata, BINARY, &[], asks_for_more);
    assert!(
        broken.is_empty(),
        "the default build must need Rust and a C compiler alone. Each of these may link a library of \
         the system; put it behind a feature that is off, or, if it brings its own source, list it in \
         HARMLESS with the reason:\n{}",
        broken.join("\n")
    );
}

/// For each package that `wanted` names, the shortest way to it from `from`, as `a -> b -> c`.
///
/// Follows normal and build dependencies, and those of `first_kinds` from `from` itself.
fn reached(
    metadata: &Metadata,
    from: &str,
    first_kinds: &[DependencyKind],
    wanted: impl Fn(&Package) -> bool,
) -> Vec<String> {
    let resolve = metadata
        .resolve
        .as_ref()
        .expect("cargo metadata resolves dependencies");
    let nodes: BTreeMap<&PackageId, _> =
        resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let start = metadata
        .packages
        .iter()
        .find(|package| package.name == from);
    let start = start.unwrap_or_else(|| panic!("there is no package {from}"));

    let mut ways = BTreeMap::from([(&start.id, start.name.to_string())]);
    let mut found = Vec::new();
    let mut queue = VecDeque::from([&start.id]);
    while let Some(id) = queue.pop_front() {
        for dependency in &nodes[id].deps {
            let follow = dependency.dep_kinds.iter().any(|dep| {
                matches!(dep.kind, DependencyKind::Normal | DependencyKind::Build)
                    || (id == &start.id && first_kinds.contains(&dep.kind))
            });
            if !follow || ways.contains_key(&dependency.pkg) {
                continue;
            }
            let package = &metadata[&dependency.pkg];
            let way = format!("{} -> {}", ways[id], package.name);
            if wanted(package) {
                found.push(way.clone());
            }
            ways.insert(&dependency.pkg, way);
            queue.push_back(&dependency.pkg);
        }
    }
    found
}

/// The dependencies as cargo resolves them for this machine's platform.
///
/// Cargo unites the features that all our packages ask of a crate, so this can name a package too
/// many, never one too few.
fn metadata(features: CargoOpt) -> Metadata {
    let mut options = vec!["--locked".to_owned()];
    options.extend(["--filter-platform".to_owned(), host()]);
    let mut command = MetadataCommand::new();
    command.manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"));
    command.features(features).other_options(options);
    command.exec().expect("cargo metadata reads this workspace")
}

fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .expect("rustc starts");
    let text = String::from_utf8(output.stdout).expect("rustc prints UTF-8");
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("rustc names its host").to_owned()
}
