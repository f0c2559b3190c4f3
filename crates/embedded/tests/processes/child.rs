use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tokio::sync::{Mutex, MutexGuard};

static ALONE: Mutex<()> = Mutex::const_new(());

/// Held by each test as long as it runs.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().await
}

const ROLE: &str = "GROUPKEEPER_TEST_CHILD_OF";

/// The directory to work on, when this process was started by [`start`].
pub(crate) fn role() -> Option<PathBuf> {
    std::env::var_os(ROLE).map(PathBuf::from)
}

/// This very program once more, running one of its tests in the child's role.
pub(crate) struct Other {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

pub(crate) fn start(test: &str, dir: &Path) -> Other {
    spawn(Command::new(std::env::current_exe().unwrap()), test, dir)
}

/// No file of the child may grow over a megabyte, until it allows itself more: writing on fails as
/// on a full disk.
#[cfg(unix)]
pub(crate) fn start_with_small_disk(test: &str, dir: &Path) -> Other {
    let mut shell = Command::new("sh");
    // A limit in blocks of 512 bytes; without the trap, the child would be killed instead.
    shell.args(["-c", "trap '' XFSZ; ulimit -S -f 2048; exec \"$0\" \"$@\""]);
    shell.arg(std::env::current_exe().unwrap());
    spawn(shell, test, dir)
}

fn spawn(mut program: Command, test: &str, dir: &Path) -> Other {
    let mut child = program
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ROLE, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    Other { child, lines }
}

impl Other {
    /// The next thing it says after this word; `None` when it has ended.
    pub(crate) fn next(&mut self, word: &str) -> Option<String> {
        // The test runner's own words may stand before it on the line.
        let said = self.lines.by_ref().map_while(Result::ok);
        let mut said = said.filter_map(|line| line.split_once(word).map(|(_, rest)| rest.into()));
        said.next()
    }

    /// SIGKILL, on systems that have signals.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
