use anyhow::{Result, anyhow, ensure};
use groupkeeper_tests::{GoGateways, WeedCluster};
use tokio::time::{Duration, Instant, sleep};

use crate::asking::names;
use crate::raw::rate;

/// Where the reference keeps its assignments.
const DIRECTORY: &str = "/topics/kafka/.meta/coordinators";

/// A gateway that is not there.
const GONE: &str = "127.255.255.254:9093";

/// Far longer than it takes.
const LONGEST: Duration = Duration::from_secs(240);

/// Groups a second that a leader of the reference moves off a gateway that is gone, from the first to
/// the last of so many.
///
/// # Errors
/// When it does not move them all in four minutes.
pub(super) async fn moves(cluster: &WeedCluster, groups: usize) -> Result<f64> {
    let filer = cluster.filer(0);
    for some in names("moving", groups).chunks(1_000) {
        let files = some.iter().map(|group| {
            let file = serde_json::json!({
                "ConsumerGroup": group,
                "CoordinatorAddr": GONE,
                "CoordinatorNodeID": 1,
                "AssignedAt": "2026-01-01T00:00:00Z",
                "LastHeartbeat": "2026-01-01T00:00:00Z",
            });
            (format!("{group}_assignments.json"), file.to_string().into())
        });
        let written = filer.try_write_together(DIRECTORY, files).await;
        written.map_err(|why| anyhow!("the filer refused: {why}"))?;
    }
    let mut gateways = GoGateways::start(cluster).await;
    gateways.start_gateway(cluster).await;
    let start = Instant::now();
    let mut first: Option<(Instant, usize)> = None;
    loop {
        let mut left = 0;
        let count_left = |_: &str, content: &[u8]| {
            let gone = content.windows(GONE.len()).any(|it| it == GONE.as_bytes());
            left += usize::from(gone);
        };
        filer.try_files(DIRECTORY, 10_000, count_left).await?;
        let now = Instant::now();
        match first {
            None if left < groups => first = Some((now, left)),
            Some((at, then)) if left == 0 => return Ok(rate(then, now - at)),
            _ => {}
        }
        ensure!(
            start.elapsed() < LONGEST,
            "{left} of {groups} groups are still at a gateway that is gone"
        );
        sleep(Duration::from_millis(500)).await;
    }
}
