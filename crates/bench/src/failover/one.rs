use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, ensure};
use groupkeeper_tests::{Serve, Watched, WeedCluster, fill, free_fleet};
use serde_json::Value;
use tokio::time::{Duration, Instant, sleep, sleep_until};

use crate::asking::{Named, ask_until, coordinators, last, names};
use crate::raw::{self, rate};
use crate::settings::Settings;

/// Files that the filer takes at a time by itself: as many as a commit has at most.
pub(super) const TOGETHER: usize = 1_000;

/// Questions begin so long before the lease ends, so that nobody is answered unseen.
const EARLY: Duration = Duration::from_millis(100);

/// Far longer than any filer needs to take the files.
const LONGEST: Duration = Duration::from_secs(180);

/// What one failover gave.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) groups: usize,
    /// Milliseconds from the end of the lease until the leader had answered for all groups.
    pub(super) leader: f64,
    /// The same at the other living gateway.
    pub(super) follower: f64,
    /// Milliseconds from the kill until both had.
    pub(super) after_kill: f64,
    /// Files a second that were rewritten behind it.
    pub(super) rewritten: f64,
    /// Files a second that the filer takes by itself.
    pub(super) raw: f64,
}

/// Three gateways, and one of them is killed.
struct Fleet {
    leader: Serve,
    follower: Serve,
    victim: Serve,
    groups: Arc<[String]>,
}

/// Measures one failover in a fleet of its own.
///
/// # Errors
/// When an answer or a file is wrong.
pub(super) async fn measure(
    settings: &Settings,
    cluster: &WeedCluster,
    name: &str,
    groups: usize,
) -> Result<Taken> {
    let mut fleet = Fleet::start(cluster, name, groups).await?;
    let leads = Watched::connect(fleet.leader.rpc()).await;
    fleet.known_before().await?;
    let first = fleet.groups.first().context("there are groups")?;
    let lease = Watched::connect(fleet.victim.rpc())
        .await
        .has_just_beaten(first)
        .await;
    fleet.victim.kill_now();
    let killed = Instant::now();
    sleep_until(lease.over - EARLY).await;
    let living = [fleet.leader.kafka(), fleet.follower.kafka()];
    let moved = AtomicBool::new(false);
    let (from_leader, from_follower, through) = tokio::join!(
        ask(living[0], &fleet.groups, &living, &moved),
        ask(living[1], &fleet.groups, &living, &moved),
        caught_up(&leads, groups, &moved),
    );
    let (from_leader, from_follower) = (from_leader?, from_follower?);
    let firsts = [&from_leader, &from_follower].into_iter().flatten();
    let first = firsts.map(|named| named.at).min().context("an answer")?;
    let through = through?.saturating_duration_since(first);
    let agreed = coordinators(&from_leader) == coordinators(&from_follower);
    ensure!(agreed, "the living name different coordinators");
    files_follow(cluster, name, &fleet.groups, &from_leader).await?;
    let raw = raw::write(
        &cluster.filer(0),
        settings.span(),
        TOGETHER,
        &format!("/bench/{name}"),
    )
    .await?;
    fleet.victim.kill().await;
    let ends = [last(&from_leader), last(&from_follower)];
    let [leader, follower] = ends.map(|end| end.unwrap_or(killed));
    Ok(Taken {
        groups,
        leader: millis(leader, lease.over),
        follower: millis(follower, lease.over),
        after_kill: millis(leader.max(follower), killed),
        rewritten: rate(groups, through),
        raw,
    })
}

/// Asks for one group until it has moved, and then for all of them: questions that nobody can answer
/// yet do not stand in the way of the decision.
async fn ask(
    addr: &str,
    groups: &[String],
    living: &[&str],
    moved: &AtomicBool,
) -> Result<Vec<Named>> {
    ask_until(addr, groups.get(..1).unwrap_or_default(), living).await?;
    let named = ask_until(addr, groups, living).await;
    moved.store(true, Ordering::SeqCst);
    named
}

impl Fleet {
    async fn start(cluster: &WeedCluster, name: &str, groups: usize) -> Result<Self> {
        let groups = names("consumers", groups);
        let addr = free_fleet(1).pop().context("an address")?;
        fill(cluster, name, groups.iter().cloned(), &addr).await;
        let args = [
            format!("--backend=seaweedfs:{}", cluster.master()),
            format!("--fleet={name}"),
        ];
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let leader = Serve::start(&args);
        let leads = Watched::connect(leader.rpc()).await;
        groupkeeper_tests::eventually("the first gateway leads", async || {
            (leads.leader().await.as_deref() == Some(leader.kafka())).then_some(())
        })
        .await;
        // At the address that the groups are at: it is one that comes back.
        let victim = Serve::start_at(&addr, &args);
        let follower = Serve::start(&args);
        for gateway in [&leader, &victim, &follower] {
            gateway.knows(3).await;
        }
        Ok(Self {
            leader,
            follower,
            victim,
            groups,
        })
    }

    /// All name the one who is to die, for all groups. By that it knows itself what it has.
    async fn known_before(&self) -> Result<()> {
        for gateway in [&self.leader, &self.follower, &self.victim] {
            ask_until(gateway.kafka(), &self.groups, &[self.victim.kafka()]).await?;
        }
        Ok(())
    }
}

/// Waits until no file is behind any more: some have been, or all groups have moved by now. The first
/// that is asked for may move by itself, before the others.
async fn caught_up(leads: &Watched, groups: usize, moved: &AtomicBool) -> Result<Instant> {
    let end = Instant::now() + LONGEST;
    let mut seen = false;
    loop {
        seen |= moved.load(Ordering::SeqCst);
        match leads.groups().await {
            Some((all, 0)) if seen => {
                ensure!(all == groups, "{all} groups are left of {groups}");
                return Ok(Instant::now());
            }
            Some((_, behind)) => seen |= behind > 0,
            None => {}
        }
        ensure!(Instant::now() < end, "files are still behind");
        sleep(Duration::from_millis(2)).await;
    }
}

/// Every file names who the gateways name.
async fn files_follow(
    cluster: &WeedCluster,
    fleet: &str,
    groups: &[String],
    named: &[Named],
) -> Result<()> {
    let said: BTreeMap<&str, &str> = groups
        .iter()
        .zip(named)
        .map(|(group, named)| (group.as_str(), &*named.coordinator))
        .collect();
    let mut right = 0;
    let see = |_: &str, content: &[u8]| {
        let file: Value = serde_json::from_slice(content).unwrap_or_default();
        let text = |field: &str| file[field].as_str().unwrap_or_default().to_owned();
        let at = said.get(text("ConsumerGroup").as_str()).copied();
        right += usize::from(at == Some(text("CoordinatorAddr").as_str()));
    };
    let directory = raw::assignments_of(fleet);
    let count = cluster.filer(0).try_files(&directory, 1_000, see).await?;
    let all = groups.len();
    ensure!(
        (count, right) == (all, all),
        "{count} files, {right} of which name the right one, of {all} groups"
    );
    Ok(())
}

/// Milliseconds from one moment to another, before it or after.
fn millis(of: Instant, from: Instant) -> f64 {
    let since = of.saturating_duration_since(from).as_secs_f64();
    (since - from.saturating_duration_since(of).as_secs_f64()) * 1e3
}
