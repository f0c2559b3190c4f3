use std::ops::Deref;
use std::sync::Arc;

use super::ErrorCode;
use crate::wire::{List, Malformed, Reader, Text, Writer};
use crate::{Answer, Broker};

/// The kind of key that names a consumer group. The others (transactions 1, share groups 2) have no
/// coordinator here.
const GROUP: i8 = 0;

/// A FindCoordinator request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FindCoordinatorRequest<'a> {
    key_type: i8,
    /// Exactly one up to version 3.
    keys: List<'a, Text<'a>>,
    max_keys: usize,
}

impl<'a> FindCoordinatorRequest<'a> {
    pub(crate) fn read(
        reader: &mut Reader<'a>,
        version: i16,
        max_keys: usize,
    ) -> Result<Self, Malformed> {
        let single = if version <= 3 {
            Some(List::read(reader, 1, version)?)
        } else {
            None
        };
        let key_type = if version >= 1 { reader.i8()? } else { GROUP };
        let keys = match single {
            Some(key) => key,
            None => {
                let count = reader.array("keys", 1)?;
                List::read(reader, count, version)?
            }
        };
        reader.tags()?;
        Ok(Self {
            key_type,
            keys,
            max_keys,
        })
    }

    /// The error that every key gets, whatever it is.
    pub(crate) const fn error(&self) -> Option<ErrorCode> {
        if self.keys.len() > self.max_keys {
            Some(ErrorCode::PolicyViolation)
        } else if self.key_type != GROUP {
            Some(ErrorCode::InvalidRequest)
        } else {
            None
        }
    }

    /// What is asked for: in a version without batches exactly one.
    pub(crate) fn keys(&self) -> impl ExactSizeIterator<Item = Text<'a>> + use<'a> {
        self.keys.iter()
    }

    /// The most keys that are answered.
    pub(crate) const fn max_keys(&self) -> usize {
        self.max_keys
    }
}

/// What one key is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<B = Arc<Broker>> {
    At(B),
    Error(ErrorCode),
}

impl<B> From<Answer<B>> for Found<B> {
    fn from(answer: Answer<B>) -> Self {
        match answer {
            Answer::At(broker) => Self::At(broker),
            Answer::Unknown => Self::Error(ErrorCode::CoordinatorNotAvailable),
        }
    }
}

impl Found<&Broker> {
    /// To be kept while others are found.
    pub(crate) fn to_shared(&self) -> Found {
        match self {
            Self::At(broker) => Found::At(Arc::new((*broker).clone())),
            Self::Error(error) => Found::Error(*error),
        }
    }
}

impl<B: Deref<Target = Broker>> Found<B> {
    const fn error(&self) -> ErrorCode {
        match self {
            Self::At(_) => ErrorCode::None,
            Self::Error(error) => *error,
        }
    }

    /// For people who read their client's log. The error that clients repeat in a loop has none, and
    /// what is wrong with the whole of a long request is told once ([`write`]).
    fn message(&self, key: Text<'_>) -> Option<&'static str> {
        match self.error() {
            ErrorCode::InvalidGroupId if key.utf8().is_none() => {
                Some("the group's name is not UTF-8: set the client's group.id in UTF-8")
            }
            ErrorCode::InvalidGroupId => Some("the group's name is empty"),
            ErrorCode::InvalidRequest => Some("only consumer groups have a coordinator here"),
            ErrorCode::UnsupportedVersion => Some("this version is newer than the gateway"),
            _ => None,
        }
    }

    fn write_place(&self, writer: &mut Writer<'_>) {
        match self {
            Self::At(broker) => {
                writer.i32(broker.node_id().get());
                writer.string(broker.host());
                writer.i32(i32::from(broker.port()));
            }
            Self::Error(_) => {
                writer.i32(-1);
                writer.string("");
                writer.i32(-1);
            }
        }
    }
}

/// Writes what was found for each key, in the order of the keys. A version without batches takes the
/// first.
pub(crate) fn write<'a, B: Deref<Target = Broker>>(
    writer: &mut Writer<'_>,
    version: i16,
    max_keys: usize,
    found: impl ExactSizeIterator<Item = (Text<'a>, Found<B>)>,
) {
    let mut too_many = (found.len() > max_keys).then(|| {
        let count = found.len();
        format!("{count} keys in one request, and {max_keys} is the most: ask for fewer at a time")
    });
    let mut found = found;
    if version >= 1 {
        writer.i32(0);
    }
    if version >= 4 {
        writer.array(found, |writer, (key, found)| {
            writer.name(key);
            found.write_place(writer);
            writer.i16(found.error().number());
            let of_all = too_many.take();
            writer.nullable_string(of_all.as_deref().or_else(|| found.message(key)));
            writer.no_tags();
        });
    } else {
        let nothing = Found::Error(ErrorCode::InvalidRequest);
        let nobody = (Text::Utf8(""), nothing);
        let (key, found) = found.next().unwrap_or(nobody);
        writer.i16(found.error().number());
        if version >= 1 {
            writer.nullable_string(found.message(key));
        }
        found.write_place(writer);
    }
    writer.no_tags();
}
