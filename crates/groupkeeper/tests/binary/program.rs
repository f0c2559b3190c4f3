use std::fmt::Display;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longer than anything takes that goes well, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const PROGRAM: &str = env!("CARGO_BIN_EXE_groupkeeper");

/// The program with these words, untouched by the environment the tests run in.
pub(crate) fn command(line: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    prepare(&mut command, line);
    command
}

/// The same, begun by a shell that says this first.
pub(crate) fn after(shell: &str, line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{shell}; exec \"$0\" \"$@\""), PROGRAM]);
    prepare(&mut command, line);
    command
}

/// The program where a process may have so many files open.
pub(crate) fn with_open_files(files: impl Display, line: &str) -> Command {
    after(&format!("ulimit -n {files}"), line)
}

fn prepare(command: &mut Command, line: &str) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GROUPKEEPER_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_LOG").args(line.split_whitespace());
    command.stdin(Stdio::null()).kill_on_drop(true);
}

/// What a run that ended has left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs the program to its end.
pub(crate) async fn run(line: &str) -> Ended {
    finish(command(line)).await
}

/// Runs a command to its end.
pub(crate) async fn finish(mut command: Command) -> Ended {
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.expect("it ends").expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
    Ended {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A program that goes on, and its log so far. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    log: Vec<String>,
    _reader: JoinSet<()>,
}

impl Running {
    pub(crate) fn start(line: &str) -> Self {
        Self::of(command(line))
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stderr = child.stderr.take().expect("it is piped");
        let (sender, lines) = mpsc::channel(10_000);
        let mut reader = JoinSet::new();
        reader.spawn(pass_on(stderr, sender));
        Self {
            child,
            lines,
            log: Vec::new(),
            _reader: reader,
        }
    }

    /// Starts a fleet or a gateway, and waits until it is ready.
    pub(crate) async fn ready(line: &str) -> Self {
        let mut running = Self::start(line);
        let ready = if line.starts_with("fleet") {
            "is whole"
        } else {
            " is a member of the fleet"
        };
        running.wait_for(ready).await;
        running
    }

    /// Waits for a line of the log that contains this.
    pub(crate) async fn wait_for(&mut self, part: &str) -> String {
        let found = async {
            loop {
                let line = self.lines.recv().await?;
                self.log.push(line.clone());
                if line.contains(part) {
                    return Some(line);
                }
            }
        };
        let found = timeout(PATIENCE, found).await;
        found
            .ok()
            .flatten()
            .unwrap_or_else(|| panic!("no line with `{part}` in {:#?}", self.log))
    }

    pub(crate) fn pid(&self) -> Pid {
        let id = self.child.id().expect("it runs");
        Pid::from_raw(i32::try_from(id).expect("a process number")).expect("not zero")
    }

    pub(crate) fn send(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it runs");
    }

    /// Waits for its end; also the rest of the log.
    pub(crate) async fn end(mut self) -> (ExitStatus, Vec<String>) {
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("it ends").expect("it can be waited for");
        while let Some(line) = self.lines.recv().await {
            self.log.push(line);
        }
        (status, self.log)
    }
}

async fn pass_on(from: impl AsyncRead + Unpin, to: mpsc::Sender<String>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if to.send(line).await.is_err() {
            return;
        }
    }
}
