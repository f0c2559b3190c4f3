//! Licences: each crate's expression, held against those that are accepted.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;
use spdx::{Expression, Licensee, ParseMode};

use crate::dependencies::policy::Policy;

/// What is wrong with the licences of `metadata`'s packages, one sentence each.
pub(super) fn check(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut used = BTreeSet::new();
    for package in &metadata.packages {
        let mut accepted = policy.licenses.allow.clone();
        for exception in policy
            .licenses
            .exceptions
            .iter()
            .filter(|it| package.name == it.name)
        {
            accepted.extend(exception.allow.iter().cloned());
        }
        match judge(package.license.as_deref(), &accepted) {
            Ok(needed) => used.extend(needed),
            Err(why) => breaches.push(format!("{} {}: {why}", package.name, package.version)),
        }
    }
    for licence in policy
        .licenses
        .allow
        .iter()
        .filter(|licence| !used.contains(*licence))
    {
        breaches.push(format!(
            "deny.toml accepts {licence}, which no package has: take it out"
        ));
    }
    breaches
}

/// The accepted licences that an expression mentions, or why it is not accepted.
///
/// One side of an `OR` is enough, both sides of an `AND` are needed, and `A WITH B` is a licence of
/// its own. `MIT/Apache-2.0`, the old way to write a choice, is read as one.
fn judge(expression: Option<&str>, accepted: &[String]) -> Result<BTreeSet<String>, String> {
    let text = expression.ok_or("names no licence; read its licence file and add an exception")?;
    let parsed = Expression::parse_mode(text, ParseMode::LAX)
        .map_err(|error| format!("its licence `{text}` cannot be read: {}", error.reason))?;
    let mut licensees = Vec::new();
    for name in accepted {
        match Licensee::parse(name) {
            Ok(licensee) => licensees.push((name, licensee)),
            Err(error) => {
                return Err(format!(
                    "deny.toml: `{name}` is no licence: {}",
                    error.reason
                ));
            }
        }
    }
    let mut used = BTreeSet::new();
    for requirement in parsed.requirements() {
        let fits = licensees
            .iter()
            .filter(|(_, licensee)| licensee.satisfies(&requirement.req));
        used.extend(fits.map(|(name, _)| (*name).clone()));
    }
    let fits = parsed.evaluate(|req| {
        licensees
            .iter()
            .any(|(_, licensee)| licensee.satisfies(req))
    });
    if fits {
        Ok(used)
    } else {
        Err(format!("its licence `{text}` is not accepted by deny.toml"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(expression: &str) -> bool {
        let accepted = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned);
        judge(Some(expression), &accepted).is_ok()
    }

    #[test]
    fn one_side_of_a_choice_is_enough() {
        assert!(fits("MIT"));
        assert!(fits("GPL-3.0-only OR MIT"));
        assert!(fits("MIT/Apache-2.0"));
        assert!(fits("Apache-2.0 WITH LLVM-exception OR MIT"));
        assert!(fits("(MIT OR GPL-3.0-only) AND Unicode-3.0"));
    }

    #[test]
    fn what_is_not_accepted_fails() {
        assert!(!fits("GPL-3.0-only"));
        assert!(!fits("MIT AND GPL-3.0-only"));
        assert!(!fits("(MIT OR Apache-2.0) AND MPL-2.0"));
        assert!(!fits("Apache-2.0 WITH LLVM-exception"));
        assert!(!fits("free as in beer"));
        assert!(judge(None, &["MIT".to_owned()]).is_err());
    }

    #[test]
    fn a_misspelt_licence_in_deny_toml_is_named() {
        let error = judge(Some("MIT"), &["MTI".to_owned()]).unwrap_err();
        assert!(error.contains("MTI"), "{error}");
    }

    #[test]
    fn says_which_accepted_licences_are_used() {
        let used = judge(
            Some("MIT AND Unicode-3.0"),
            &["MIT", "Unicode-3.0", "Zlib"].map(str::to_owned),
        );
        assert_eq!(
            used.unwrap().into_iter().collect::<Vec<_>>(),
            ["MIT", "Unicode-3.0"]
        );
    }
}
