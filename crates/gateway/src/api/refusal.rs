use thiserror::Error;

use super::ApiKey;
use crate::wire::Malformed;

/// Why a frame closes its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("a frame says that it has {length} bytes, and 8 to {max} are allowed{}", hint(*length))]
    FrameLength { length: i32, max: usize },
    #[error(
        "a frame of {bytes} bytes would exceed what all large frames together may take \
         (`large_frames_bytes`)"
    )]
    TooManyLargeFrames { bytes: usize },
    #[error("this listener does not answer that API{}", advice(*.api_key))]
    UnknownApi { api_key: i16 },
    #[error("version {version} can't be")]
    NegativeVersion { api_key: i16, version: i16 },
    #[error(
        "version {version} is not answered, and {oldest} to {newest} are: the client is to ask for \
         ApiVersions first"
    )]
    UnsupportedVersion {
        api_key: i16,
        version: i16,
        oldest: i16,
        newest: i16,
    },
    #[error("the request is malformed: {why}")]
    Malformed {
        api_key: Option<i16>,
        version: Option<i16>,
        why: Malformed,
    },
}

impl Refusal {
    pub(crate) fn malformed(
        api: ApiKey,
        version: Option<i16>,
    ) -> impl Fn(Malformed) -> Self + Copy {
        move |why| Self::Malformed {
            api_key: Some(api.number()),
            version,
            why,
        }
    }

    /// The number of the API, where the frame told it.
    pub(crate) const fn api_key(&self) -> Option<i16> {
        match self {
            Self::FrameLength { .. } | Self::TooManyLargeFrames { .. } => None,
            Self::UnknownApi { api_key }
            | Self::NegativeVersion { api_key, .. }
            | Self::UnsupportedVersion { api_key, .. } => Some(*api_key),
            Self::Malformed { api_key, .. } => *api_key,
        }
    }

    /// The version, where the frame told it.
    pub(crate) const fn version(&self) -> Option<i16> {
        match self {
            Self::Malformed { version, .. } => *version,
            Self::NegativeVersion { version, .. } | Self::UnsupportedVersion { version, .. } => {
                Some(*version)
            }
            _ => None,
        }
    }
}

/// What else than Kafka starts with these four bytes.
fn hint(length: i32) -> &'static str {
    match length.to_be_bytes() {
        [0x16, 0x03, ..] => {
            " (it looks like TLS, and this listener speaks plain text: \
             set the client's `security.protocol` to PLAINTEXT)"
        }
        [b'G', b'E', b'T', b' '] | [b'P', b'O', b'S', b'T'] | [b'H', b'E', b'A', b'D'] => {
            " (it looks like HTTP, and this is a Kafka port)"
        }
        _ => "",
    }
}

fn advice(api_key: i16) -> &'static str {
    if api_key == 17 || api_key == 36 {
        " (SASL: set the client's `security.protocol` to PLAINTEXT)"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_usual_mistakes() {
        let length = |bytes| Refusal::FrameLength {
            length: i32::from_be_bytes(bytes),
            max: 99,
        };
        assert!(length(*b"GET ").to_string().contains("HTTP"));
        assert!(length([0x16, 3, 1, 2]).to_string().contains("TLS"));
        assert!(
            length([0xff; 4])
                .to_string()
                .ends_with("-1 bytes, and 8 to 99 are allowed")
        );
        assert!(
            Refusal::UnknownApi { api_key: 17 }
                .to_string()
                .contains("SASL")
        );
    }
}
