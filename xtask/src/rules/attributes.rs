//! A lint that is switched off says why.
//!
//! The compiler's own lint for this sees only the code it compiles; this also sees what is built for
//! another platform or behind a feature.

use crate::rules::{Finding, is_generated};

/// Checks one Rust file; `path` is from the workspace's root.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    if is_generated(text) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let code = line.trim_start();
        if code.starts_with("#[") || code.starts_with("#![") {
            let attribute = attribute(&text[start..]);
            if switches_off(attribute) && !attribute.contains("reason") {
                let message = "a lint is switched off without a word: add reason = \"...\"";
                findings.push(Finding::new(path, index + 1, message));
            }
        }
        start += line.len();
    }
    findings
}

/// The attribute that `text` starts with, up to its closing bracket; brackets in strings do not count.
fn attribute(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &text[..=index];
                }
            }
            _ => {}
        }
    }
    text
}

fn switches_off(attribute: &str) -> bool {
    ["allow(", "expect("].iter().any(|word| {
        attribute
            .match_indices(word)
            .any(|(at, _)| attribute[..at].ends_with(|c: char| "[ ,(\n".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        check("a.rs", text)
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn a_reason_is_asked_for_wherever_a_lint_is_switched_off() {
        assert_eq!(lines("#[allow(dead_code)]\nfn a() {}"), [1]);
        assert_eq!(
            lines("fn a() {\n    #![expect(\n        dead_code,\n    )]\n}"),
            [2]
        );
        assert_eq!(lines("#[cfg_attr(windows, allow(dead_code))]"), [1]);
    }

    #[test]
    fn a_reason_is_enough_and_other_attributes_need_none() {
        assert_eq!(
            lines("#[allow(\n    dead_code,\n    reason = \"[why]\"\n)]\nfn a() {}"),
            [0; 0]
        );
        assert_eq!(
            lines("#[derive(Debug)]\n#[should_panic(expected = \"x\")]"),
            [0; 0]
        );
        assert_eq!(lines("// @generated\n#[allow(dead_code)]"), [0; 0]);
        assert_eq!(lines("#[cfg(x)]\nfn allow(a: u8) {}"), [0; 0]);
    }
}
