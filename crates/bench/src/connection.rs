use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant, sleep, timeout};

use crate::frames::{self, Answer};

/// How long an answer may take at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that asks one question after another.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    asked: i32,
}

impl Connection {
    /// Connects to `host:port`.
    pub(crate) async fn open(addr: &str) -> Result<Self> {
        let connected = timeout(PATIENCE, TcpStream::connect(addr)).await;
        let stream = connected
            .with_context(|| format!("{addr} takes no connection"))?
            .with_context(|| format!("cannot connect to {addr}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, asked: 0 })
    }

    /// Asks for a group's coordinator: what was said, and the whole frame that said it.
    ///
    /// # Errors
    /// When the connection breaks, or what comes is no answer to this request.
    pub(crate) async fn ask(&mut self, group: &str) -> Result<(Answer, Vec<u8>)> {
        self.asked += 1;
        let request = frames::request(group, self.asked);
        self.stream.write_all(&request).await?;
        let mut frame = Vec::new();
        let read = async {
            while frames::whole(&frame)?.is_none() {
                if self.stream.read_buf(&mut frame).await? == 0 {
                    bail!("the connection was closed before an answer");
                }
            }
            Ok(())
        };
        timeout(PATIENCE, read)
            .await
            .with_context(|| format!("no answer within {PATIENCE:?}"))??;
        Ok((frames::decode(&frame, self.asked)?, frame))
    }

    /// Asks again while the answer is an error, as clients do.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), and when it still is one after a minute.
    pub(crate) async fn ask_until_known(&mut self, group: &str) -> Result<(Answer, Vec<u8>)> {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let (answer, frame) = self.ask(group).await?;
            if answer.error == 0 {
                return Ok((answer, frame));
            }
            if Instant::now() > until {
                bail!(
                    "{group} has no coordinator after a minute: error {}",
                    answer.error
                );
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}
