//! What Linux tells of a process.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Linux counts a process's time in hundredths of a second for everybody who reads it, on every
/// machine.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that a process has used, in user and system mode together.
///
/// # Errors
/// When it is gone, or this is no Linux.
pub(crate) fn processor_time(process_id: u32) -> Result<Duration> {
    let path = format!("/proc/{process_id}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    ticks(&stat)
        .map(|ticks| TICK * ticks)
        .with_context(|| format!("{path} is not as expected: {stat}"))
}

fn ticks(stat: &str) -> Option<u32> {
    // The name stands in parentheses and may hold any character.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_user_and_system_time() {
        let stat = "12 (a ) name) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0";
        assert_eq!(ticks(stat), Some(175));
        assert_eq!(ticks("12 (cut"), None);
    }
}
