//! Rules for one Rust file: its length, unfinished parts, and whether generated code says it is.

use crate::rules::{Finding, is_generated, is_generated_folder};

/// From here on a file fails; a reader has lost the thread long before.
const MAX_LINES: usize = 500;
/// From here on a file is mentioned: the aim is one idea a file.
const MANY_LINES: usize = 250;

/// What a test that is never run starts with. In two parts, or this file would break its own rule.
const IGNORE: &str = concat!("#[", "ignore");
/// What stands where code is missing.
const UNFINISHED: [&str; 2] = [concat!("todo", "!("), concat!("unimplemented", "!(")];

/// Checks one file; `path` is from the workspace's root.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    if is_generated(text) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if is_generated_folder(path) && !path.ends_with("/mod.rs") {
        let message =
            "src/proto holds generated code alone (and mod.rs); start it with `// @generated`";
        findings.push(Finding::new(path, 1, message));
    }
    let lines = text.lines().count();
    if lines > MAX_LINES {
        let message = format!("{lines} lines; {MAX_LINES} is the limit: split it by idea");
        findings.push(Finding::new(path, lines, message));
    } else if lines > MANY_LINES {
        println!("note: {path} has {lines} lines; is it still one idea?");
    }
    for (index, line) in text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if code.starts_with(IGNORE) {
            let message = "a test that is not run proves nothing: mend it or delete it";
            findings.push(Finding::new(path, index + 1, message));
        }
        if UNFINISHED
            .iter()
            .any(|unfinished| code.contains(unfinished))
        {
            findings.push(Finding::new(
                path,
                index + 1,
                "unfinished code is not committed",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(path, text)
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn a_long_file_fails_unless_generated() {
        assert_eq!(lines("a.rs", &"x\n".repeat(500)), [0; 0]);
        assert_eq!(lines("a.rs", &"x\n".repeat(501)), [501]);
        assert_eq!(
            lines("a.rs", &format!("// @generated\n{}", "x\n".repeat(501))),
            [0; 0]
        );
    }

    #[test]
    fn unfinished_code_and_tests_that_never_run_fail() {
        let text = format!(
            "fn a() {{\n    {})\n}}\n    {}]\n// {})",
            UNFINISHED[0], IGNORE, UNFINISHED[0]
        );
        assert_eq!(lines("a.rs", &text), [2, 4]);
    }

    #[test]
    fn code_among_the_generated_says_so() {
        assert_eq!(lines("crates/a/src/proto/b.rs", "struct B;"), [1]);
        assert_eq!(lines("crates/a/src/proto/mod.rs", "mod b;"), [0; 0]);
        assert_eq!(
            lines("crates/a/src/proto/b.rs", "// @generated\nstruct B;"),
            [0; 0]
        );
    }
}
