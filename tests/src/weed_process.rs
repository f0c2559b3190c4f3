use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::weed_binary;

/// A running server, with what it says in a file. It dies with this value, and with this process
/// however that dies.
#[derive(Debug)]
pub(crate) struct WeedProcess {
    guard: Child,
    /// The guard kills the server when this end of the pipe is closed, which the system does for a
    /// process that was killed.
    pipe: Option<ChildStdin>,
    pid: Pid,
    log: PathBuf,
}

/// Starts the rest of its arguments in the background with `$0` as log, says its process ID, and
/// kills it at the end of its input. It waits for it only then, so the ID stays its own.
const GUARD: &str =
    r#"log=$0; "$@" >>"$log" 2>&1 </dev/null & echo $!; read _; kill -9 $!; wait $!"#;

impl WeedProcess {
    /// Starts `weed ARGS`; what it says is added to `log`.
    ///
    /// # Panics
    /// When there is no shell.
    pub(crate) fn start(log: &Path, args: &[impl AsRef<OsStr>]) -> Self {
        let options = [OsString::from("-logtostderr=true")].into_iter();
        let args = options.chain(args.iter().map(OsString::from));
        Self::run(log, &weed_binary(), args)
    }

    /// Starts any program; what it says is added to `log`.
    ///
    /// # Panics
    /// When there is no shell.
    pub(crate) fn run(
        log: &Path,
        program: &Path,
        args: impl IntoIterator<Item = OsString>,
    ) -> Self {
        let mut command = Command::new("sh");
        command.arg("-c").arg(GUARD).arg(log).arg(program);
        command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut guard = command.spawn().expect("`sh` can be started");
        let pipe = guard.stdin.take();
        let mut line = String::new();
        let output = guard.stdout.take().expect("the output is piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the shell says a line");
        let pid = line.trim().parse().ok().and_then(Pid::from_raw);
        let pid = pid.unwrap_or_else(|| panic!("`{line}` is no process ID"));
        Self {
            guard,
            pipe,
            pid,
            log: log.to_owned(),
        }
    }

    /// Its process ID.
    pub(crate) fn process_id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// As a crash, at once. It stays killed.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// It hangs: connections are still made by the system, and never answered.
    pub(crate) fn stop(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on where it was stopped.
    pub(crate) fn cont(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).expect("its process can be signalled");
    }

    /// Waits until it has ended; `None` when it has not within a minute, else how it ended, as a
    /// shell tells it: 128 and more for a signal.
    pub(crate) async fn wait_for_end(&mut self) -> Option<i32> {
        for _ in 0..3_000 {
            // The guard holds on to it until its pipe is closed, so a dead one is a zombie.
            if is_over(self.pid) {
                drop(self.pipe.take());
                return self.guard.wait().ok()?.code();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }

    /// All that it said.
    pub(crate) fn words(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The last lines of what it said.
    pub(crate) fn last_words(&self) -> String {
        let text = self.words();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(40)..)
            .unwrap_or_default();
        format!("--- {}\n{}\n", self.log.display(), last.join("\n"))
    }
}

impl Drop for WeedProcess {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // It was killed, so it ends.
        let _ = self.guard.wait();
    }
}

/// Whether a process has ended, and only its status is left.
fn is_over(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    // The name stands in parentheses and may hold any character; the state follows.
    let state = stat
        .ok()
        .and_then(|stat| Some(stat.rsplit_once(')')?.1.trim_start().to_owned()));
    state.is_none_or(|state| state.starts_with('Z'))
}
