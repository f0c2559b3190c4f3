use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::weed_ports::free_port;
use crate::weed_process::WeedProcess;
use crate::{Host, eventually};

/// A running `groupkeeper serve` or `groupkeeper fleet`, as an operator starts it.
#[derive(Debug)]
pub struct Serve {
    process: WeedProcess,
    kafka: String,
    rpc: String,
    args: Vec<String>,
    log: PathBuf,
    /// Where it runs, where that is not this machine itself.
    host: Option<Host>,
    /// Last, so that nobody writes into it any more when it is removed.
    _directory: TempDir,
}

impl Serve {
    /// Starts `groupkeeper serve` on free ports, with these arguments besides.
    ///
    /// # Panics
    /// When the binary is not there: a test on real parts is never passed over.
    pub fn start(args: &[&str]) -> Self {
        Self::start_at(&format!("127.0.0.1:{}", free_port()), args)
    }

    /// The same, at this address for Kafka clients.
    ///
    /// # Panics
    /// As [`start`](Self::start), and when the address is not `host:port`.
    pub fn start_at(kafka: &str, args: &[&str]) -> Self {
        Self::launch("serve", kafka, args, None)
    }

    /// The same, on a host.
    ///
    /// # Panics
    /// As [`start_at`](Self::start_at).
    pub(crate) fn start_on(host: Host, kafka: &str, args: &[&str]) -> Self {
        Self::launch("serve", kafka, args, Some(host))
    }

    /// Starts `groupkeeper fleet`, its first gateway at this address.
    ///
    /// # Panics
    /// As [`start_at`](Self::start_at).
    pub fn fleet_at(kafka: &str, args: &[&str]) -> Self {
        Self::launch("fleet", kafka, args, None)
    }

    fn launch(command: &str, kafka: &str, args: &[&str], on: Option<Host>) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let log = directory.path().join("log");
        let mut all = vec![command.to_owned(), format!("--listen={kafka}")];
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        let (host, port) = kafka.rsplit_once(':').expect("host:port");
        let port: u16 = port.parse().expect("a port");
        Self {
            process: run(on.as_ref(), &log, &all),
            kafka: kafka.to_owned(),
            rpc: format!("{host}:{}", port + 10_000),
            args: all,
            log,
            host: on,
            _directory: directory,
        }
    }

    /// Starts it again as it was started, after [`kill`](Self::kill) or [`stop`](Self::stop).
    pub fn start_again(&mut self) {
        self.process = run(self.host.as_ref(), &self.log, &self.args);
    }

    /// Where Kafka clients reach it.
    pub fn kafka(&self) -> &str {
        &self.kafka
    }

    /// Its process ID.
    pub fn process_id(&self) -> u32 {
        self.process.process_id()
    }

    /// Where gateways and tools reach it.
    pub fn rpc(&self) -> &str {
        &self.rpc
    }

    /// Where it runs, where that is not this machine itself.
    pub(crate) const fn host(&self) -> Option<&Host> {
        self.host.as_ref()
    }

    /// `kill -9`, without waiting until it is gone.
    pub fn kill_now(&self) {
        self.process.kill();
    }

    /// SIGTERM, without waiting until it is gone.
    pub fn terminate(&self) {
        self.process.terminate();
    }

    /// SIGSTOP: it holds still.
    pub fn pause(&self) {
        self.process.stop();
    }

    /// SIGCONT: it goes on where it was paused.
    pub fn resume(&self) {
        self.process.cont();
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.process.kill();
        self.process.wait_for_end().await;
    }

    /// Asks it to end with SIGTERM, and returns its exit code.
    ///
    /// # Panics
    /// When it does not end within a minute.
    pub async fn stop(&mut self) -> i32 {
        self.process.terminate();
        self.process.wait_for_end().await.expect("it ends")
    }

    /// Waits until it ends by itself, and returns its exit code.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub async fn end(&mut self) -> i32 {
        self.process.wait_for_end().await.expect("it ends")
    }

    /// All it has said on its standard error.
    pub fn words(&self) -> String {
        self.process.words()
    }

    /// What `status --output json` says of it; `None` while it does not answer.
    ///
    /// # Panics
    /// When what it says is not one JSON object.
    pub async fn status(&self) -> Option<Value> {
        let answer = self.query("status", &[]).await;
        let object: Value = answer.status.success().then(|| json(&answer))?;
        assert!(object.is_object(), "{object}");
        Some(object)
    }

    /// Who leads and in which epoch, as this gateway sees it; `None` while nobody does.
    pub async fn leader(&self) -> Option<(String, u64)> {
        let status = self.status().await?;
        let leader = &status["leader"];
        Some((
            leader["address"].as_str()?.to_owned(),
            leader["epoch"].as_u64()?,
        ))
    }

    /// Waits until it knows a leader and so many healthy gateways that have joined it.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn knows(&self, gateways: usize) {
        eventually(
            &format!("{} knows {gateways} gateways", self.kafka),
            async || {
                let answer = self.query("gateways", &[]).await;
                let listed = answer.status.success().then(|| json(&answer))?;
                let listed = listed.as_array()?;
                let joined = listed
                    .iter()
                    .filter(|gateway| gateway["joined"] == true)
                    .count();
                (joined == gateways && listed.len() == gateways).then_some(())
            },
        )
        .await;
        eventually("a leader is known", async || self.leader().await).await;
    }

    /// Runs one of the binary's questions against it, with `--output json`.
    ///
    /// # Panics
    /// When the binary can't be run.
    pub async fn query(&self, command: &str, args: &[&str]) -> Output {
        Command::new(binary())
            .arg(command)
            .arg(format!("--server={}", self.rpc))
            .arg("--output=json")
            .args(args)
            .stdin(Stdio::null())
            .output()
            .await
            .expect("the binary can be run")
    }
}

impl Drop for Serve {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.process.last_words());
        }
    }
}

fn run(host: Option<&Host>, log: &Path, args: &[String]) -> WeedProcess {
    let run = || WeedProcess::run(log, &binary(), args.iter().map(OsString::from));
    match host {
        Some(host) => host.enter(run),
        None => run(),
    }
}

fn binary() -> PathBuf {
    let named = std::env::var_os("GROUPKEEPER_BIN").map(PathBuf::from);
    let path = named.expect("GROUPKEEPER_BIN names the binary: run `cargo xtask e2e`");
    assert!(
        path.is_file(),
        "there is no {}: run `cargo xtask e2e`",
        path.display()
    );
    path
}

fn json(answer: &Output) -> Value {
    serde_json::from_slice(&answer.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&answer.stdout)))
}

/// So many names of groups.
pub fn names(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("group-{number:04}"))
        .collect()
}
