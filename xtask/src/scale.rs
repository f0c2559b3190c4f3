//! `cargo xtask scale`: the leader of a very large fleet, in simulated time and a release build.

use anyhow::Result;

use crate::phases::Phases;
use crate::step::Step;
use crate::workspace;

/// Options of `cargo xtask scale`.
#[derive(clap::Args)]
pub(crate) struct Scale {
    /// Gateways, the leader included.
    #[arg(long, default_value_t = 10_000)]
    gateways: u32,
    /// Groups.
    #[arg(long, default_value_t = 10_000_000)]
    groups: u32,
    /// The most groups of one gateway, in percent over the mean; without it there is no cap.
    #[arg(long)]
    cap: Option<u32>,
}

impl Scale {
    /// A fleet that a build machine has time for.
    pub(crate) const QUICK: Self = Self {
        gateways: 200,
        groups: 50_000,
        cap: Some(10),
    };

    /// Builds and runs.
    ///
    /// # Errors
    /// When a group is left without a coordinator, or a gateway is not let in or let go.
    pub(crate) fn run(&self) -> Result<()> {
        let mut phases = Phases::new();
        self.phase(&mut phases);
        phases.finish()
    }

    /// The same, as a phase of something larger.
    pub(crate) fn phase(&self, phases: &mut Phases) {
        let mut step = Step::new("cargo run --locked --release --package groupkeeper-scale")
            .arg("--")
            .args(["--gateways".to_owned(), self.gateways.to_string()])
            .args(["--groups".to_owned(), self.groups.to_string()]);
        if let Some(cap) = self.cap {
            step = step.args(["--cap".to_owned(), cap.to_string()]);
        }
        phases.step("scale", &workspace::root(), &step);
    }
}
