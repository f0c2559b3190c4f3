use std::fmt;
use std::str::FromStr;

use groupkeeper_types::GroupName;
use thiserror::Error;

use crate::{Candidate, Candidates, Modulo, Placement, Rendezvous};

/// The placements that an operator can name; each is a [`Placement`] itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// `modulo`: the reference's.
    Modulo,
    /// `rendezvous`: weighted, and moves the least.
    #[default]
    Rendezvous,
}

/// A name or rule that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no placement this version knows: it knows `modulo` (rule modulo/1) and `rendezvous` \
     (rule rendezvous/1); a rule that another version stored needs that version or a newer one"
)]
pub struct UnknownStrategy(String);

impl Strategy {
    /// Every strategy.
    pub const ALL: [Self; 2] = [Self::Modulo, Self::Rendezvous];

    /// The name, as an operator writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Modulo => "modulo",
            Self::Rendezvous => "rendezvous",
        }
    }

    /// The placement behind the name, for where a `dyn` is held.
    pub const fn placement(self) -> &'static dyn Placement {
        match self {
            Self::Modulo => &Modulo,
            Self::Rendezvous => &Rendezvous,
        }
    }

    /// The strategy with exactly this [`rule`](Placement::rule), version included.
    ///
    /// # Errors
    /// When this version has none: what was decided by that rule can't be computed here.
    pub fn from_rule(rule: &str) -> Result<Self, UnknownStrategy> {
        Self::find(rule, |strategy| strategy.placement().rule())
    }

    fn find(text: &str, of: impl Fn(Self) -> &'static str) -> Result<Self, UnknownStrategy> {
        let found = Self::ALL.into_iter().find(|&strategy| of(strategy) == text);
        found.ok_or_else(|| UnknownStrategy(text.escape_debug().take(100).collect()))
    }
}

impl Placement for Strategy {
    fn rule(&self) -> &str {
        self.placement().rule()
    }

    fn place_if<'a>(
        &self,
        group: &GroupName,
        among: &'a Candidates,
        eligible: &mut dyn FnMut(&Candidate) -> bool,
    ) -> Option<&'a Candidate> {
        self.placement().place_if(group, among, eligible)
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::find(name, Self::name)
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_rules_lead_back() {
        for strategy in Strategy::ALL {
            assert_eq!(strategy.to_string().parse(), Ok(strategy));
            assert_eq!(strategy.rule(), strategy.placement().rule());
            assert_eq!(
                Strategy::from_rule(strategy.placement().rule()),
                Ok(strategy)
            );
            let error = UnknownStrategy(String::new()).to_string();
            assert!(error.contains(&format!(
                "`{strategy}` (rule {})",
                strategy.placement().rule()
            )));
        }
    }

    #[test]
    fn another_version_is_another_rule() {
        assert!(Strategy::from_rule("rendezvous/2").is_err());
        assert!(Strategy::from_rule("rendezvous").is_err());
        assert!(
            "Rendezvous\n"
                .parse::<Strategy>()
                .unwrap_err()
                .to_string()
                .contains("\\n")
        );
    }
}
