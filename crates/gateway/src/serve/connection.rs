use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::alarm::Alarm;
use super::closed::Reason;
use super::inbox::{Inbox, SMALL_FRAME};
use super::ready::{Then, WRITE_AT};
use super::responder::{Later, Responder};
use crate::api::{Header, Refusal};

/// One client: its requests are answered in order, as many as arrived in one write.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) peer: IpAddr,
    pub(crate) responder: Arc<Responder>,
    /// One permit for each KiB of a large request that is not answered yet.
    pub(crate) large: Arc<Semaphore>,
    /// Of this connection alone: looking at it contends with no other.
    pub(crate) stop: CancellationToken,
}

impl Connection {
    /// Serves it to its end.
    pub(crate) async fn run(mut self) -> Reason {
        let mut out = Vec::new();
        let Err(why) = self.serve(&mut out).await;
        // What came before an offence is still answered.
        let written = self.write(&mut out).await;
        // Both ends may be gone by now; there is nobody left to tell.
        let _ = timeout(self.responder.limits.write_within, self.stream.shutdown()).await;
        written.err().unwrap_or(why)
    }

    async fn serve(&mut self, out: &mut Vec<u8>) -> Result<std::convert::Infallible, Reason> {
        let (stop, responder) = (self.stop.clone(), Arc::clone(&self.responder));
        let mut stopped = pin!(stop.cancelled());
        // The first request is due from the start: a connection that never says anything would hold
        // its place for as long as one that did.
        let mut due_since = Some(Instant::now());
        let mut alarm = Alarm::new(&responder.limits);
        let mut inbox = Inbox::new(responder.limits.frame_bytes);
        let mut permit = None;
        loop {
            let answered = self.answer_frames(&responder, &mut inbox, out).await?;
            if answered > 1 {
                after_the_ready().await;
            }
            self.write(out).await?;
            if answered > 0 {
                (permit, due_since) = (None, None);
            }
            if !inbox.is_empty() && due_since.is_none() {
                due_since = Some(Instant::now());
            }
            if permit.is_none() {
                permit = self.leave_for(&inbox)?;
            }
            alarm.set(due_since);
            tokio::select! {
                biased;
                () = &mut stopped => return Err(Reason::Stopping),
                read = inbox.fill(&mut self.stream) => match read? {
                    0 if inbox.is_empty() => return Err(Reason::ByClient),
                    0 => return Err(Reason::CutShort),
                    _ => {}
                },
                late = &mut alarm => return Err(late),
            }
        }
    }

    /// Answers every frame that is whole, and tells how many there were.
    async fn answer_frames(
        &mut self,
        responder: &Responder,
        inbox: &mut Inbox,
        out: &mut Vec<u8>,
    ) -> Result<usize, Reason> {
        let pipeline = responder.limits.pipeline;
        let mut answered = 0;
        loop {
            let room = pipeline - answered % pipeline;
            let (count, then) = responder.answer_ready(inbox, room, out)?;
            answered += count;
            match then {
                Then::Read => return Ok(answered),
                Then::Pause => {}
                Then::Wait => {
                    self.answer_next(responder, inbox, out).await?;
                    answered += 1;
                }
            }
            if out.len() >= WRITE_AT || answered % pipeline == 0 {
                self.write(out).await?;
                tokio::task::yield_now().await;
            }
        }
    }

    /// Answers one frame, whatever that takes.
    async fn answer_next(
        &mut self,
        responder: &Responder,
        inbox: &mut Inbox,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let Some(frame) = inbox.frame()? else {
            return Ok(());
        };
        let length = frame.len();
        if Header::is_group_call(frame) {
            let frame = inbox.take(length);
            return self.answer_group_call(inbox, &frame, out).await;
        }
        if let Some(Later::Lookup(lookup)) = responder.answer(frame, out)? {
            // Nothing that is ready waits for what is not.
            self.write(out).await?;
            lookup.finish(responder, &self.stop, out).await;
        }
        inbox.consume(length);
        Ok(())
    }

    /// Answers a call that may wait for other members: where it does, what the client sends meanwhile
    /// is kept, up to a bound, and when the client is gone the call is dropped.
    async fn answer_group_call(
        &mut self,
        inbox: &mut Inbox,
        frame: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let responder = self.responder.clone();
        let Some(Later::Group(call)) = responder.answer(frame, out)? else {
            return Ok(());
        };
        self.write(out).await?;
        let waits = call.request.waits_for_others();
        let stop = self.stop.clone();
        let mut finished = pin!(call.finish(&responder, self.peer, &stop, out));
        loop {
            tokio::select! {
                biased;
                () = &mut finished => return Ok(()),
                read = inbox.fill(&mut self.stream), if waits && inbox.takes_more() => match read {
                    Err(error) => return Err(Reason::Io(error)),
                    Ok(0) => return Err(Reason::ByClient),
                    Ok(_) => {}
                }
            }
        }
    }

    /// A large request may arrive only while all large ones together stay within their bound.
    fn leave_for(&self, inbox: &Inbox) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        let Some(bytes) = inbox.frame_length()?.filter(|&bytes| bytes > SMALL_FRAME) else {
            return Ok(None);
        };
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let permit = self.large.clone().try_acquire_many_owned(kib);
        permit
            .map(Some)
            .map_err(|_| Refusal::TooManyLargeFrames { bytes })
    }

    /// Writes what is ready, and forgets it even if that fails: half an answer can't be repeated.
    async fn write(&mut self, out: &mut Vec<u8>) -> Result<(), Reason> {
        if out.is_empty() {
            return Ok(());
        }
        // Nearly always there is room for all of it at once, and no time to be kept.
        let at_once = match self.stream.try_write(out) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            at_once => at_once,
        };
        let within = self.responder.limits.write_within;
        let written = match at_once {
            Ok(count) if count == out.len() => Ok(Ok(())),
            Ok(count) => {
                let rest = out.get(count..).unwrap_or_default();
                timeout(within, self.stream.write_all(rest)).await
            }
            Err(error) => Ok(Err(error)),
        };
        out.clear();
        out.shrink_to(2 * WRITE_AT);
        match written {
            Ok(result) => Ok(result?),
            Err(_) => Err(Reason::SlowReader(within)),
        }
    }
}

/// Ends once every connection that has something to read by now was served, so that the answers of
/// many go out one right after the other: a client process that wakes up for the first finds all of
/// them, instead of falling asleep and waking up for each. It costs next to nothing where there is no
/// other.
async fn after_the_ready() {
    let mut turned = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut turned, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
