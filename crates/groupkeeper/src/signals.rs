use std::io;

/// The signals that end a program, from when this is made: they no longer end it by themselves.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// Nothing where it is ignored: `nohup` asks for that.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

/// A signal that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop {
    /// What people call it.
    pub(crate) name: &'static str,
    /// The exit code of a program that it ended.
    pub(crate) code: u8,
}

impl Stop {
    const INTERRUPT: Self = Self {
        name: "Ctrl-C",
        code: 130,
    };
    #[cfg(unix)]
    const TERMINATE: Self = Self {
        name: "SIGTERM",
        code: 143,
    };
    /// The terminal is gone, or somebody expects it to read its configuration again, which it can't.
    #[cfg(unix)]
    const HANG_UP: Self = Self {
        name: "SIGHUP, taken as SIGTERM",
        code: 129,
    };
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = SignalKind::hangup();
        let heeded = !ignores(hang_up);
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: heeded.then(|| signal(hang_up)).transpose()?,
        })
    }

    /// Waits for the next one. Cancel safe.
    pub(crate) async fn next(&mut self) -> Stop {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Stop::INTERRUPT,
            _ = self.terminate.recv() => Stop::TERMINATE,
            _ = hang_up => Stop::HANG_UP,
        }
    }
}

/// Whether this process was started so that it ignores a signal. Only Linux tells that to safe code;
/// elsewhere it is taken as not so.
#[cfg(unix)]
fn ignores(signal: tokio::signal::unix::SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Signals are counted from 1, and the bits of the mask from 0.
    ignored.is_some_and(|mask| mask >> (signal.as_raw_value() - 1) & 1 == 1)
}

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one. Cancel safe.
    pub(crate) async fn next(&mut self) -> Stop {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Stop::INTERRUPT
    }
}
