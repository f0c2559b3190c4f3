//! Lets the compiler know of the one `cfg` that this crate asks for and does not set.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(tokio_unstable)");
    println!("cargo::rerun-if-changed=build.rs");
}
