use anyhow::{Result, ensure};
use groupkeeper_tests::{GoGateways, WeedCluster};
use groupkeeper_types::GatewayAddr;
use tokio::time::{Duration, Instant, sleep};

use super::{End, Taken};
use crate::connection::Connection;

/// Where the reference keeps its assignments.
const DIRECTORY: &str = "/topics/kafka/.meta/coordinators";

/// Far longer than it takes.
const LONGEST: Duration = Duration::from_secs(120);

/// Lets a leader of the reference go once.
///
/// # Errors
/// When nobody follows it in two minutes.
pub(super) async fn measure(
    cluster: &WeedCluster,
    end: End,
    round: usize,
    taken: &mut Taken,
) -> Result<()> {
    let mut gateways = GoGateways::start(cluster).await;
    let leader = gateways.start_gateway(cluster).await;
    let name = |what: &str| format!("leaders-{round}-{end:?}-{what}");
    let before = name("before");
    until(cluster, &[&leader], &before, |_| true).await?;
    let living = [
        gateways.start_gateway(cluster).await,
        gateways.start_gateway(cluster).await,
    ];
    let at = Instant::now();
    match end {
        End::Killed => gateways.kill(&leader),
        End::Stopped => gateways.terminate(&leader),
    }
    let living = [&living[0], &living[1]];
    let elsewhere = |file: &str| !file.contains(leader.as_str());
    let new = name("after");
    let (new, moved) = tokio::try_join!(
        until(cluster, &living, &new, |_| true),
        until(cluster, &living, &before, elsewhere),
    )?;
    let since = |then: Instant| then.duration_since(at).as_secs_f64() * 1e3;
    taken.new.push(since(new));
    taken.moved.push(since(moved));
    Ok(())
}

/// Asks these for a group until its file is as it should be.
async fn until(
    cluster: &WeedCluster,
    gateways: &[&GatewayAddr],
    group: &str,
    right: impl Fn(&str) -> bool,
) -> Result<Instant> {
    let filer = cluster.filer(0);
    let start = Instant::now();
    let file = format!("{group}_assignments.json");
    loop {
        for gateway in gateways {
            // What it answers does not tell whether it leads.
            if let Ok(mut asked) = Connection::open(gateway.as_str()).await {
                let _ = asked.ask(group).await;
            }
        }
        if let Ok(content) = filer.read(DIRECTORY, &file).await
            && right(&String::from_utf8_lossy(&content))
        {
            return Ok(Instant::now());
        }
        ensure!(start.elapsed() < LONGEST, "{group} is given to nobody");
        sleep(Duration::from_millis(5)).await;
    }
}
