use super::{ApiKey, Refusal};
use crate::wire::Reader;

/// What every request starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) api: ApiKey,
    /// The layout of the answer: the version asked for, or the newest there is where that is newer
    /// still.
    pub(crate) version: i16,
    /// Whether the version asked for is one that is answered.
    pub(crate) supported: bool,
    pub(crate) correlation_id: i32,
}

impl Header {
    /// Reads a header, up to where the request's own fields start.
    ///
    /// A version newer than any known is read up to its correlation ID only, since what follows may
    /// have changed.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        let unnamed = |why| Refusal::Malformed {
            api_key: None,
            version: None,
            why,
        };
        let number = reader.i16().map_err(unnamed)?;
        let api = ApiKey::from_number(number).ok_or(Refusal::UnknownApi { api_key: number })?;
        let malformed = Refusal::malformed(api, None);
        let asked = reader.i16().map_err(malformed)?;
        let correlation_id = reader.i32().map_err(malformed)?;
        let supported = (api.oldest()..=api.newest()).contains(&asked);
        if !supported {
            // The one answer that every client reads, whatever it asked for, has version 0.
            let version = if api == ApiKey::ApiVersions {
                0
            } else {
                api.newest()
            };
            // As Kafka does. Some of these calls have no place for an error that stands for all.
            if api.is_group_call() && asked >= 0 {
                return Err(Refusal::UnsupportedVersion {
                    api_key: number,
                    version: asked,
                    oldest: api.oldest(),
                    newest: api.newest(),
                });
            }
            if asked < 0 && api != ApiKey::ApiVersions {
                return Err(Refusal::NegativeVersion {
                    api_key: number,
                    version: asked,
                });
            }
            return Ok(Self {
                api,
                version,
                supported,
                correlation_id,
            });
        }
        let malformed = Refusal::malformed(api, Some(asked));
        // The client ID keeps its old form in every version.
        reader.nullable_string().map_err(malformed)?;
        reader.set_flexible(api.is_flexible(asked));
        reader.tags().map_err(malformed)?;
        Ok(Self {
            api,
            version: asked,
            supported,
            correlation_id,
        })
    }

    /// Whether a frame says that it is a group call.
    pub(crate) fn is_group_call(frame: &[u8]) -> bool {
        let number = frame.first_chunk().map(|bytes| i16::from_be_bytes(*bytes));
        let api = number.and_then(ApiKey::from_number);
        api.is_some_and(ApiKey::is_group_call)
    }

    /// What the client calls itself, in a frame whose header was read. What is no text is nothing.
    pub(crate) fn client_id(frame: &[u8]) -> Option<&str> {
        let mut reader = Reader::new(frame.get(8..)?);
        reader.nullable_string().ok()??.utf8()
    }

    pub(crate) const fn is_flexible(&self) -> bool {
        self.api.is_flexible(self.version)
    }
}
