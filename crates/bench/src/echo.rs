//! The yardstick: a server that sends back what it is sent, on the same runtime as a gateway's.

use std::io::{sink, stdin};
use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinSet;

/// As much as a gateway reads at a time.
const READ: usize = 16 << 10;

/// Serves on a free port, whose address is printed, until standard input ends.
pub(crate) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let mut server = JoinSet::new();
    server.spawn(accept(listener));
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut stdin(), &mut sink()));
    ended.await??;
    Ok(())
}

/// Serves all who connect. Dropped, it closes their connections.
pub(crate) async fn accept(listener: TcpListener) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(echo(stream));
        while connections.try_join_next().is_some() {}
    }
}

async fn echo(mut stream: TcpStream) {
    let mut bytes = vec![0; READ];
    // Whoever asks notices by itself that it ended.
    let _ = stream.set_nodelay(true);
    while let Ok(count @ 1..) = stream.read(&mut bytes).await {
        if stream.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// A running echo server, in a process of its own as the gateways are.
#[derive(Debug)]
pub(crate) struct Echo {
    addr: String,
    process: Child,
    /// It ends when this closes, however this process ends.
    _input: ChildStdin,
}

impl Echo {
    /// Starts one.
    ///
    /// # Errors
    /// When this program can't be started a second time.
    pub(crate) async fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("echo").kill_on_drop(true);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().context("its input is piped")?;
        let output = process.stdout.take().context("its output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        Ok(Self {
            addr: line.trim().to_owned(),
            process,
            _input: input,
        })
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> &str {
        &self.addr
    }

    /// Its process ID.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn process_id(&self) -> Result<u32> {
        self.process.id().context("the echo server has ended")
    }
}
