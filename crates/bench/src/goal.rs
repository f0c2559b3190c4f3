use serde::Serialize;

use crate::figure::{Figure, number};

/// A figure that the project is out to reach, and what was reached.
#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    what: String,
    bound: Bound,
    reached: Figure,
}

/// On which side of it a figure is to be.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    pub(crate) fn new(what: impl Into<String>, bound: Bound, reached: Figure) -> Self {
        Self {
            what: what.into(),
            bound,
            reached,
        }
    }

    /// Whether the median reaches it: one run may be better or worse.
    fn is_reached(&self) -> bool {
        let median = self.reached.median;
        match self.bound {
            Bound::AtLeast(least) => median >= least,
            Bound::AtMost(most) => median <= most,
        }
    }

    /// As a line of a table: what, the goal, the figure, and whether that reaches it.
    pub(crate) fn shown(&self) -> String {
        let unit = self.reached.unit;
        let bound = match self.bound {
            Bound::AtLeast(least) => format!("at least {} {unit}", number(least)),
            Bound::AtMost(most) => format!("at most {} {unit}", number(most)),
        };
        let reached = if self.is_reached() { "yes" } else { "**no**" };
        format!(
            "| {} | {bound} | {} | {reached} |",
            self.what,
            self.reached.shown()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_reached_by_the_median() {
        let figure = Figure::new("×", vec![0.5, 0.8, 0.9]);
        let goal = |bound| Goal::new("it", bound, figure.clone()).shown();
        assert_eq!(
            goal(Bound::AtLeast(0.8)),
            "| it | at least 0.800 × | 0.800 × (0.500–0.900) | yes |"
        );
        assert!(goal(Bound::AtMost(0.7)).ends_with("| **no** |"));
        // What was not measured reaches nothing.
        let none = Goal::new("it", Bound::AtMost(1.0), Figure::new("s", Vec::new()));
        assert!(!none.is_reached());
    }
}
