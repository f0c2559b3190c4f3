use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use groupkeeper_assignment_store::AssignmentStore;
use groupkeeper_etcd::{Etcd, EtcdConfig};
use groupkeeper_types::RpcAddr;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::etcd_member::{EtcdMember, Seat, etcd_binaries, etcdctl};
use crate::weed_ports::free_port;
use crate::{Host, eventually};

/// A real etcd. All of it is gone when this value is.
#[derive(Debug)]
pub struct EtcdCluster {
    members: Vec<EtcdMember>,
    /// Last, so that nobody writes into it any more when it is removed.
    directory: TempDir,
}

/// The usual ports: each host has all of its own.
const CLIENT: u16 = 2379;
const PEER: u16 = 2380;

impl EtcdCluster {
    /// Starts one of so many members on this machine, and waits until it works.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub async fn start(members: usize) -> Self {
        Self::start_with(&etcd_binaries()[0], members, &[]).await
    }

    /// As [`start`](Self::start), with a program of this path, and more options for each member.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub async fn start_with(program: &Path, members: usize, options: &[&str]) -> Self {
        let seats = (0..members).map(local);
        Self::at(program, seats.collect(), options).await
    }

    /// Starts one of a single member that speaks TLS to clients, with a certificate that it has made itself.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub async fn start_with_tls() -> Self {
        let mut seat = local(0);
        seat.scheme = "https";
        Self::at(&etcd_binaries()[0], vec![seat], &["--auto-tls"]).await
    }

    /// Starts a member on each of these hosts, and waits until it works.
    ///
    /// # Panics
    /// When it does not work within a minute.
    pub(crate) async fn on_hosts(hosts: &[Host], options: &[&str]) -> Self {
        let seats = hosts.iter().enumerate().map(|(number, host)| Seat {
            name: format!("member-{number}"),
            ip: host.ip(),
            client: CLIENT,
            peer: PEER,
            scheme: "http",
            host: Some(host.clone()),
        });
        Self::at(&etcd_binaries()[0], seats.collect(), options).await
    }

    async fn at(program: &Path, seats: Vec<Seat>, options: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let members = seats.iter().map(|seat| {
            EtcdMember::start(program, directory.path(), seat.clone(), &seats, &options)
        });
        let cluster = Self {
            members: members.collect(),
            directory,
        };
        cluster.leader().await;
        cluster
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn all(&self) -> Vec<usize> {
        (0..self.len()).collect()
    }

    /// Where gateways reach its members.
    pub fn addresses(&self) -> Vec<RpcAddr> {
        self.members.iter().map(EtcdMember::address).collect()
    }

    /// What a gateway is given to find it.
    pub fn backend(&self) -> String {
        let addresses = self.addresses();
        let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        format!("etcd:{}", addresses.join(","))
    }

    /// The fleet without a name, in it.
    pub fn config(&self) -> EtcdConfig {
        EtcdConfig::new(self.addresses())
    }

    /// The same, for whoever asks what is answered and not how soon: a busy machine takes its time.
    pub fn patient_config(&self) -> EtcdConfig {
        let patient = Duration::from_secs(20);
        let mut config = self.config();
        config.read_timeout = patient;
        config.write_timeout = patient;
        config.lock_timeout = patient;
        config.connect_timeout = patient;
        config
    }

    /// The number of the member that leads, as a member says that knows.
    ///
    /// # Panics
    /// When none says so within a minute.
    pub async fn leader(&self) -> usize {
        eventually("etcd has a leader", async || self.says_who_leads().await).await
    }

    async fn says_who_leads(&self) -> Option<usize> {
        for number in 0..self.len() {
            let Some(status) = self.status(number).await else {
                continue;
            };
            let leads = status["leader"].as_u64().filter(|&leader| leader != 0);
            if leads.is_some() && leads == status["header"]["member_id"].as_u64() {
                return Some(number);
            }
        }
        None
    }

    async fn status(&self, member: usize) -> Option<Value> {
        let args = ["endpoint", "status", "--write-out=json"];
        let said = self.try_ctl_at(&[member], &args).await.ok()?;
        let said: Value = serde_json::from_str(&said).ok()?;
        Some(said[0]["Status"].clone())
    }

    /// Runs `etcdctl` with all members, and returns what it says.
    ///
    /// # Panics
    /// When it fails.
    pub async fn ctl(&self, args: &[&str]) -> String {
        let said = self.try_ctl_at(&self.all(), args).await;
        said.unwrap_or_else(|why| panic!("etcdctl {args:?}: {why}"))
    }

    /// Runs `etcdctl` with some members, and returns what it says, on its standard error where it fails.
    ///
    /// # Errors
    /// When it does.
    ///
    /// # Panics
    /// When there is no `etcdctl`.
    pub async fn try_ctl_at(&self, members: &[usize], args: &[&str]) -> Result<String, String> {
        let urls = members
            .iter()
            .map(|&number| self.members[number].seat.client_url());
        let urls = urls.collect::<Vec<_>>().join(",");
        let output = Command::new(etcdctl())
            .arg(format!("--endpoints={urls}"))
            .args(["--command-timeout=10s", "--dial-timeout=2s"])
            .args(["--insecure-transport=false", "--insecure-skip-tls-verify"])
            .args(args)
            .env("ETCDCTL_API", "3")
            .stdin(Stdio::null())
            .output()
            .await
            .expect("etcdctl can be run");
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The newest revision.
    ///
    /// # Panics
    /// When no member tells.
    pub async fn revision(&self) -> u64 {
        let status = self.status(0).await.expect("it tells");
        status["header"]["revision"].as_u64().expect("a revision")
    }

    /// Forgets all revisions but the newest.
    ///
    /// # Panics
    /// When etcd does not do it.
    pub async fn compact(&self) {
        let (all, revision) = (self.all(), self.revision().await.to_string());
        let done = self
            .try_ctl_at(&all, &["compact", "--physical", &revision])
            .await;
        // Where nothing was written since the last time, there is nothing to forget.
        let done = done.or_else(|why| {
            why.contains("has been compacted")
                .then(String::new)
                .ok_or(why)
        });
        done.unwrap_or_else(|why| panic!("etcdctl compact: {why}"));
    }

    /// Writes until there is no room.
    pub async fn fill(&self) {
        let etcd = Etcd::new(self.config());
        let large = vec![b'x'; 500_000];
        let mut full = 0;
        // One that fails may only have come at a bad moment.
        while full < 3 {
            let written = etcd.write_raw(b"others/large", &large).await;
            full = if written.is_ok() { 0 } else { full + 1 };
        }
    }

    /// Makes room again: for what was written over, and by others than gateways.
    ///
    /// # Panics
    /// When etcd does not do it.
    pub async fn make_room(&self) {
        self.compact().await;
        self.ctl(&["defrag"]).await;
        self.ctl(&["alarm", "disarm"]).await;
    }

    /// `kill -9` of a member.
    pub async fn kill(&mut self, number: usize) {
        let process = &mut self.members[number].process;
        process.kill();
        process.wait_for_end().await;
    }

    /// Starts a member again that is dead, with the data that it has.
    pub fn start_again(&mut self, number: usize) {
        self.members[number].start_again();
    }

    /// Starts a member again that is dead, without its data and as a member of another cluster.
    ///
    /// # Panics
    /// When its data can't be removed.
    pub fn start_elsewhere(&mut self, number: usize) {
        let member = &mut self.members[number];
        let data = self.directory.path().join(&member.seat.name);
        std::fs::remove_dir_all(data).expect("its data can be removed");
        let (seat, program) = (member.seat.clone(), etcd_binaries().swap_remove(0));
        let token = ["--initial-cluster-token=another".to_owned()];
        let directory = self.directory.path();
        let alone = std::slice::from_ref(&seat);
        *member = EtcdMember::start(&program, directory, seat.clone(), alone, &token);
    }

    /// A member hangs: connections are still made by the system, and never answered.
    pub fn pause(&self, number: usize) {
        self.members[number].process.stop();
    }

    /// It goes on where it was paused.
    pub fn resume(&self, number: usize) {
        self.members[number].process.cont();
    }
}

/// A place on this machine.
fn local(number: usize) -> Seat {
    // A pair of ports, of which nobody else takes one.
    let client = free_port();
    Seat {
        name: format!("member-{number}"),
        ip: Ipv4Addr::LOCALHOST,
        client,
        peer: client + 10_000,
        scheme: "http",
        host: None,
    }
}

/// What scenarios may ask of a store that gateways keep their decisions in.
pub trait Stored {
    /// The fleet without a name, in it.
    fn store(&self) -> Arc<dyn AssignmentStore>;
}

impl Stored for EtcdCluster {
    fn store(&self) -> Arc<dyn AssignmentStore> {
        Arc::new(Etcd::new(self.config()))
    }
}

impl Drop for EtcdCluster {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            for member in &self.members {
                eprintln!("{}", member.process.last_words());
            }
        }
    }
}
