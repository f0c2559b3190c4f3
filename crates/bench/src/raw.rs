//! The filer by itself: what it takes, and what it lists, in a second.

use anyhow::{Result, anyhow, ensure};
use groupkeeper_tests::WeedFiler;
use tokio::time::{Duration, Instant};

/// About as many bytes as an assignment's file.
pub(crate) const FILE: usize = 260;

/// Files a second that it takes for a while, so many in a transaction, one after the other.
///
/// # Errors
/// When it refuses.
pub(crate) async fn write(
    filer: &WeedFiler,
    span: Duration,
    together: usize,
    directory: &str,
) -> Result<f64> {
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < span {
        let files = (count..count + together).map(|n| (format!("{n}.json"), vec![b'x'; FILE]));
        let written = filer.try_write_together(directory, files).await;
        written.map_err(|why| anyhow!("the filer refused: {why}"))?;
        count += together;
    }
    Ok(rate(count, start.elapsed()))
}

/// Files a second that it lists, in pages of so many, with what they hold; nothing is made of them.
///
/// # Errors
/// When it fails, or there are not so many files.
pub(crate) async fn list(
    filer: &WeedFiler,
    directory: &str,
    page: u32,
    expected: usize,
) -> Result<f64> {
    let start = Instant::now();
    let count = filer.try_files(directory, page, |_, _| {}).await?;
    ensure!(
        count == expected,
        "{count} files are listed, and there are {expected}"
    );
    Ok(rate(count, start.elapsed()))
}

/// So many in so long, a second.
#[allow(
    clippy::cast_precision_loss,
    reason = "far fewer than 2^52 of anything"
)]
pub(crate) fn rate(count: usize, span: Duration) -> f64 {
    count as f64 / span.as_secs_f64()
}

/// Where the assignments of a fleet stand on SeaweedFS.
pub(crate) fn assignments_of(fleet: &str) -> String {
    format!("/topics/kafka/.meta/groupkeeper-fleets/{fleet}/coordinators")
}
