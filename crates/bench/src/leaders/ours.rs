use anyhow::{Context as _, Result, ensure};
use groupkeeper_tests::{Serve, WeedCluster};
use tokio::time::Instant;

use super::{End, Taken};
use crate::asking::{ask_until, coordinators, last, names};

/// Groups that are given out before.
const GROUPS: usize = 100;

/// Lets a leader of ours go once.
///
/// # Errors
/// When the living do not agree, or do not answer.
pub(super) async fn measure(
    cluster: &WeedCluster,
    end: End,
    round: usize,
    taken: &mut Taken,
) -> Result<()> {
    let backend = format!("--backend=seaweedfs:{}", cluster.master());
    let fleet = format!("--fleet=bench-leaders-{round}-{end:?}");
    let start = || Serve::start(&[&backend, &fleet]);
    let mut leader = start();
    leader.knows(1).await;
    let others = [start(), start()];
    for gateway in others.iter().chain([&leader]) {
        gateway.knows(3).await;
    }
    let addrs = [&leader, &others[0], &others[1]].map(|it| it.kafka().to_owned());
    let all: Vec<&str> = addrs.iter().map(String::as_str).collect();
    let groups = names("before", GROUPS);
    let given = ask_until(all[0], &groups, &all).await?;
    let its = given.iter().position(|named| *named.coordinator == *all[0]);
    let its = its.context("the leader has none of the groups")?;
    let new = names("after", 1);

    let at = Instant::now();
    match end {
        End::Killed => leader.kill_now(),
        End::Stopped => leader.terminate(),
    }
    let living = &all[1..];
    let (new_one, new_other, its_one, its_other) = tokio::try_join!(
        ask_until(living[0], &new, living),
        ask_until(living[1], &new, living),
        ask_until(living[0], &groups[its..=its], living),
        ask_until(living[1], &groups[its..=its], living),
    )?;
    let since = |asked: [&[_]; 2]| {
        let last = asked.into_iter().filter_map(last).max().unwrap_or(at);
        last.duration_since(at).as_secs_f64() * 1e3
    };
    taken.new.push(since([&new_one, &new_other]));
    taken.moved.push(since([&its_one, &its_other]));
    match end {
        End::Killed => leader.kill().await,
        End::Stopped => {
            leader.end().await;
        }
    }
    let one = ask_until(living[0], &groups, living).await?;
    let other = ask_until(living[1], &groups, living).await?;
    ensure!(
        coordinators(&one) == coordinators(&other)
            && new_one[0].coordinator == new_other[0].coordinator,
        "the living name different coordinators"
    );
    Ok(())
}
