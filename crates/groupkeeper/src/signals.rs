use std::io;

/// The signals that end a program, from when this is made: they no longer end it by themselves.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
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
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one. Cancel safe.
    pub(crate) async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::INTERRUPT,
            _ = self.terminate.recv() => Stop::TERMINATE,
        }
    }
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
