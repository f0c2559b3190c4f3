use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::Ipv4Addr;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// What a machine must allow for this, and what to do where it does not.
const NEEDS: &str = "hosts with a network of their own need root (CAP_SYS_ADMIN and CAP_NET_ADMIN), `unshare` of \
     util-linux, `ip` and `ss` of iproute2 (on Debian, as root: apt-get install util-linux iproute2)";

/// A network of its own: cards, addresses, routes and ports. It is gone, with all that is in it, when
/// the last process in it has ended and the last of these values is dropped, however this process ends.
#[derive(Debug, Clone)]
pub(super) struct Namespace(Arc<File>);

impl Namespace {
    /// One with nothing in it but a loopback card, which is down.
    ///
    /// # Panics
    /// When this machine does not allow it.
    pub(super) fn new() -> Self {
        // The namespace is the child's until this process has a file that holds it.
        let mut child = command("unshare")
            .args(["--net", "sh", "-c", "echo in; read _"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|why| panic!("cannot start `unshare`: {why}; {NEEDS}"));
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let mut said = String::new();
        let read = output.map(|output| BufReader::new(output).read_line(&mut said));
        let namespace =
            (said == "in\n").then(|| File::open(format!("/proc/{}/ns/net", child.id())));
        drop(child.stdin.take());
        let mut why = String::new();
        let _ = errors.map(|mut errors| errors.read_to_string(&mut why));
        let _ = child.wait();
        match namespace {
            Some(Ok(file)) => Self(Arc::new(file)),
            other => panic!(
                "no network of its own ({read:?}, {other:?}, {}); {NEEDS}",
                why.trim()
            ),
        }
    }

    /// Moves the calling thread there, and what it starts from now on.
    ///
    /// # Panics
    /// When that is forbidden.
    pub(super) fn move_in(&self) {
        let moved = move_into_link_name_space(self.0.as_fd(), Some(LinkNameSpaceType::Network));
        moved.unwrap_or_else(|why| panic!("cannot move a thread into a network: {why}; {NEEDS}"));
    }

    /// Does something there: what it starts stays there, and so does what it opens.
    ///
    /// # Panics
    /// When it does.
    pub(super) fn enter<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                self.move_in();
                act()
            });
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Where other programs find it while this process lives.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!(
            "/proc/{}/fd/{}",
            std::process::id(),
            self.0.as_raw_fd()
        ))
    }

    /// Runs `ip` there, with one command a line.
    ///
    /// # Panics
    /// When it refuses.
    pub(super) fn ip(&self, lines: &str) {
        use std::io::Write as _;
        self.enter(|| {
            let mut child = command("ip")
                .args(["-batch", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap_or_else(|why| panic!("cannot start `ip`: {why}; {NEEDS}"));
            let input = child.stdin.take();
            let written = input.map(|mut input| input.write_all(lines.as_bytes()));
            let output = child.wait_with_output().expect("`ip` ends");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && matches!(written, Some(Ok(()))),
                "`ip` refused: {}\n{lines}{NEEDS}",
                errors.trim()
            );
        });
    }

    /// Closes all connections from there to an address.
    ///
    /// # Panics
    /// When the kernel can't do that.
    pub(super) fn close_connections(&self, to: Ipv4Addr) {
        let to = to.to_string();
        let ss = |args: &[&str]| {
            let mut ss = command("ss");
            let output = ss.args(args).arg(&to).output();
            let output = output.unwrap_or_else(|why| panic!("cannot start `ss`: {why}; {NEEDS}"));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        // Each by its own end; a new one has another.
        let open = || {
            let lines = ss(&["-Htn", "state", "established", "dst"]);
            let ends = lines
                .lines()
                .filter_map(|line| line.split_whitespace().nth(2));
            ends.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        self.enter(|| {
            let before = open();
            ss(&["-K", "dst"]);
            let left: Vec<_> = open().intersection(&before).cloned().collect();
            assert!(
                left.is_empty(),
                "`ss -K dst {to}` left {left:?} open: the kernel needs CONFIG_INET_DIAG_DESTROY"
            );
        });
    }

    /// Sets a parameter of its kernel's network: `net/ipv4/ip_forward`, say.
    ///
    /// # Panics
    /// When it can't be set.
    pub(super) fn set(&self, name: &str, value: &str) {
        self.enter(|| {
            let set = std::fs::write(format!("/proc/sys/{name}"), value);
            set.unwrap_or_else(|why| panic!("cannot set {name} to {value}: {why}; {NEEDS}"));
        });
    }
}

/// A program of the system's, which may stand where only root looks.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin:/usr/bin:/bin"));
    command
}
