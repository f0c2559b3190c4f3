use std::fmt;
use std::time::Duration;

/// What was measured of one stage.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) stage: String,
    /// Simulated time.
    pub(crate) simulated: Duration,
    /// The leader's own processor time.
    pub(crate) cpu: Duration,
    pub(crate) heartbeats: u64,
    pub(crate) commits: u64,
    pub(crate) moved: u64,
    /// The fewest groups that had to move.
    pub(crate) least: u64,
    /// The most groups at one gateway, over the mean.
    pub(crate) balance: f64,
    pub(crate) resident: u64,
}

/// All stages.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "stage",
            "simulated s",
            "leader CPU s",
            "CPU per s",
            "heartbeats",
            "commits",
            "moved",
            "least",
            "max/mean",
            "resident MB",
        ];
        writeln!(f, "| {} |", head.join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(head.len()))?;
        for row in &self.rows {
            let simulated = row.simulated.as_secs_f64();
            let per_second = if simulated > 0.0 {
                format!("{:.3}", row.cpu.as_secs_f64() / simulated)
            } else {
                "–".to_owned()
            };
            writeln!(
                f,
                "| {} | {simulated:.1} | {:.2} | {per_second} | {} | {} | {} | {} | {:.3} | {} |",
                row.stage,
                row.cpu.as_secs_f64(),
                row.heartbeats,
                row.commits,
                row.moved,
                row.least,
                row.balance,
                row.resident >> 20,
            )?;
        }
        Ok(())
    }
}
