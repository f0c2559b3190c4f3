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

/// The memory that a process has in use, in bytes.
///
/// # Errors
/// As [`processor_time`].
pub(crate) fn resident(process_id: u32) -> Result<u64> {
    let path = format!("/proc/{process_id}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    kilobytes(&status)
        .map(|kilobytes| kilobytes * 1_024)
        .with_context(|| format!("{path} is not as expected: {status}"))
}

fn kilobytes(status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
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

    #[test]
    fn finds_what_is_resident() {
        let status = "Name:\tx\nVmHWM:\t   9 kB\nVmRSS:\t    1234 kB\nRssAnon:\t 5 kB\n";
        assert_eq!(kilobytes(status), Some(1_234));
        assert_eq!(kilobytes("Name:\tx\n"), None);
    }
}
