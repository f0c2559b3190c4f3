//! FindCoordinator on the wire, as librdkafka asks for it: version 2, one group.
//!
//! Written for this load generator alone: what is measured is not decoded by its own code.

use anyhow::{Context as _, Result, bail};

/// The most bytes an answer may have after its length field.
const MAX_ANSWER: usize = 4 << 10;

/// A request and the one right answer to it, both as whole frames. Their correlation IDs are put in
/// when it is sent and when it is checked.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) request: Vec<u8>,
    pub(crate) answer: Vec<u8>,
    /// Where the correlation ID stands in the answer.
    pub(crate) id_at: usize,
}

impl Exchange {
    /// The same request, with what an echo server answers.
    pub(crate) fn echoed(&self) -> Self {
        Self {
            request: self.request.clone(),
            answer: self.request.clone(),
            id_at: REQUEST_ID_AT,
        }
    }
}

/// Where the correlation ID stands in a request, and in a real answer.
pub(crate) const REQUEST_ID_AT: usize = 8;
pub(crate) const ANSWER_ID_AT: usize = 4;

/// What a gateway said of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Kafka's error code, 0 for none.
    pub(crate) error: i16,
    /// The coordinator, `host:port`.
    pub(crate) coordinator: String,
    pub(crate) node_id: i32,
}

/// The same, as it stands in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawAnswer<'a> {
    pub(crate) error: i16,
    pub(crate) host: &'a str,
    pub(crate) port: i32,
    node_id: i32,
}

/// A whole request for this group's coordinator.
pub(crate) fn request(group: &str, correlation_id: i32) -> Vec<u8> {
    let mut frame = Vec::new();
    put_request(&mut frame, group, correlation_id);
    frame
}

/// Appends one.
pub(crate) fn put_request(out: &mut Vec<u8>, group: &str, correlation_id: i32) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&10_i16.to_be_bytes());
    out.extend_from_slice(&2_i16.to_be_bytes());
    out.extend_from_slice(&correlation_id.to_be_bytes());
    for text in ["bench", group] {
        let length = i16::try_from(text.len()).unwrap_or(i16::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(text.as_bytes());
    }
    out.push(0);
    let length = i32::try_from(out.len() - start - 4).unwrap_or(i32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// The length of the first frame in `bytes`, its length field included, once it is whole.
///
/// # Errors
/// When it claims to be no answer's length.
pub(crate) fn whole(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(length) = bytes.first_chunk::<4>() else {
        return Ok(None);
    };
    let length = usize::try_from(i32::from_be_bytes(*length)).ok();
    let Some(length) = length.filter(|&length| (4..=MAX_ANSWER).contains(&length)) else {
        bail!("an answer's length field is {:?}", bytes.first_chunk::<4>());
    };
    Ok((bytes.len() >= 4 + length).then_some(4 + length))
}

/// Reads a whole answer to a request with this correlation ID.
///
/// # Errors
/// When it is an answer to another one, or is none at all.
pub(crate) fn decode(frame: &[u8], correlation_id: i32) -> Result<Answer> {
    let answer = decode_raw(frame, correlation_id)?;
    Ok(Answer {
        error: answer.error,
        coordinator: format!("{}:{}", answer.host, answer.port),
        node_id: answer.node_id,
    })
}

/// As [`decode`], and nothing is copied.
///
/// # Errors
/// The same.
pub(crate) fn decode_raw(frame: &[u8], correlation_id: i32) -> Result<RawAnswer<'_>> {
    let mut rest = frame.get(4..).context("an answer of no bytes")?;
    let id = int(&mut rest)?;
    if id != correlation_id {
        bail!("an answer to request {id}, and {correlation_id} was asked");
    }
    let _throttle = int(&mut rest)?;
    let error = short(&mut rest)?;
    let _message = text(&mut rest)?;
    let node_id = int(&mut rest)?;
    let host = text(&mut rest)?;
    let port = int(&mut rest)?;
    if !rest.is_empty() {
        bail!("{} bytes follow an answer's end", rest.len());
    }
    Ok(RawAnswer {
        error,
        host: host.unwrap_or_default(),
        port,
        node_id,
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, left) = rest
        .split_at_checked(count)
        .context("an answer ends too early")?;
    *rest = left;
    Ok(taken)
}

fn int(rest: &mut &[u8]) -> Result<i32> {
    Ok(i32::from_be_bytes(take(rest, 4)?.try_into()?))
}

fn short(rest: &mut &[u8]) -> Result<i16> {
    Ok(i16::from_be_bytes(take(rest, 2)?.try_into()?))
}

fn text<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a str>> {
    let length = short(rest)?;
    if length == -1 {
        return Ok(None);
    }
    let bytes = take(rest, usize::try_from(length)?)?;
    Ok(Some(std::str::from_utf8(bytes)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Vec<u8> {
        let body = [
            &7_i32.to_be_bytes()[..],
            &0_i32.to_be_bytes(),
            &0_i16.to_be_bytes(),
            &(-1_i16).to_be_bytes(),
            &42_i32.to_be_bytes(),
            &2_i16.to_be_bytes(),
            b"gw",
            &9092_i32.to_be_bytes(),
        ]
        .concat();
        let length = i32::try_from(body.len()).unwrap();
        [&length.to_be_bytes()[..], &body].concat()
    }

    #[test]
    fn reads_an_answer_and_refuses_another_request_s() {
        let frame = answer();
        assert_eq!(whole(&frame).unwrap(), Some(frame.len()));
        assert_eq!(whole(&frame[..frame.len() - 1]).unwrap(), None);
        let read = decode(&frame, 7).unwrap();
        assert_eq!((read.error, read.node_id), (0, 42));
        assert_eq!(read.coordinator, "gw:9092");
        assert!(decode(&frame, 8).is_err());
        assert!(decode(&frame[..frame.len() - 1], 7).is_err());
    }

    #[test]
    fn a_length_no_answer_has_is_refused_at_once() {
        assert!(whole(&[0xff; 4]).is_err());
        assert!(whole(&[0x7f, 0, 0, 0]).is_err());
    }
}
