use std::path::PathBuf;
use std::time::Duration;

use tokio::time::sleep;

use super::figures::{Outcome, write};
use super::fleet::Fleet;
use crate::check::{check, failed_lookups, moved_from_the_living};

impl<S> Fleet<S> {
    /// Stops watching, writes down what was seen, and holds it against the rules.
    ///
    /// # Panics
    /// When a rule is broken.
    pub async fn finish(mut self) {
        // What comes late is to be seen too.
        sleep(Duration::from_secs(1)).await;
        for node in &self.nodes {
            self.recorder.forget(node.process).await;
        }
        let (violations, at) = self.judge();
        assert!(violations.is_empty(), "{}", shown(&violations, &at));
    }

    fn judge(&mut self) -> (Vec<String>, PathBuf) {
        self.judged = true;
        let history = self.recorder.history();
        let failed = failed_lookups(&history).len();
        self.counted(
            "failed lookups of a living coordinator's group at a living gateway",
            failed,
        );
        let moved = moved_from_the_living(&history);
        self.counted("groups moved from a living coordinator", moved);
        let checked = check(&history);
        let violations = checked.as_ref().err().cloned().unwrap_or_default();
        let two = violations.iter().filter(|violation| violation.of == "G2");
        self.counted("groups with two owners", two.count());
        let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
        let outcome = Outcome {
            scenario: self.scenario,
            seen: checked.ok(),
            violations,
            figures: &self.figures,
        };
        let at = write(&history, &outcome);
        (outcome.violations, at)
    }
}

/// A scenario that waits for something in vain leaves its history too.
impl<S> Drop for Fleet<S> {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() && !self.judged {
            let (violations, at) = self.judge();
            eprintln!("until then {}", shown(&violations, &at));
        }
    }
}

fn shown(violations: &[String], at: &std::path::Path) -> String {
    let first: Vec<_> = violations.iter().take(20).cloned().collect();
    let (count, at) = (violations.len(), at.display());
    format!("{count} violations in {at}:\n{}", first.join("\n"))
}
