//! Faults of real processes on a real SeaweedFS, and on a real etcd: one file a scenario, and the history of every answer
//! and every claim is checked afterwards. What is measured is written down, and is no reason to fail.

#![allow(missing_docs, reason = "tests")]

mod both_killed;
mod cuts;
mod etcd_cut;
mod etcd_kept_busy;
mod filer_hangs;
mod filers_restarted;
mod follower_killed;
mod gateway_cut;
mod leader_killed;
mod leader_paused;
mod leader_stopped;
mod restarted;
mod rolling_restart;

use std::time::Duration;

/// A figure's limit in whole milliseconds.
const fn ms(ms: u64) -> Option<Duration> {
    Some(Duration::from_millis(ms))
}

/// All places of a fleet of so many but these.
fn others(gateways: usize, dead: &[usize]) -> Vec<usize> {
    (0..gateways)
        .filter(|place| !dead.contains(place))
        .collect()
}
