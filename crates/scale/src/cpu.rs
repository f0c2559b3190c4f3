use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The processor time this thread has used so far.
pub(crate) fn used() -> Duration {
    let at = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(at.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(at.tv_nsec.try_into().unwrap_or_default())
}

/// The memory this process holds, in bytes, as the kernel says; 0 where it can't be told.
pub(crate) fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1);
    let pages: u64 = pages.and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * u64::try_from(rustix::param::page_size()).unwrap_or(4_096)
}
