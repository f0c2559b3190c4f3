use std::ops::Deref;
use std::sync::Arc;

use super::ErrorCode;
use crate::wire::{Malformed, Reader, Writer};
use crate::{Answer, Broker};

/// The kind of key that names a consumer group. The others (transactions 1, share groups 2) have no
/// coordinator here.
const GROUP: i8 = 0;

/// A FindCoordinator request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FindCoordinatorRequest<'a> {
    key_type: i8,
    keys: Keys<'a>,
}

/// Up to version 3 one key is asked for, from version 4 on any number.
#[derive(Debug, PartialEq, Eq)]
enum Keys<'a> {
    One(&'a str),
    Batch(Vec<&'a str>),
}

impl<'a> FindCoordinatorRequest<'a> {
    pub(crate) fn read(
        reader: &mut Reader<'a>,
        version: i16,
        max_keys: usize,
    ) -> Result<Self, Malformed> {
        let single = if version <= 3 {
            Some(reader.string("the key")?)
        } else {
            None
        };
        let key_type = if version >= 1 { reader.i8()? } else { GROUP };
        let keys = if let Some(key) = single {
            Keys::One(key)
        } else {
            let count = reader.array("keys", max_keys, 1)?;
            let mut keys = Vec::with_capacity(count);
            for _ in 0..count {
                keys.push(reader.string("a key")?);
            }
            Keys::Batch(keys)
        };
        reader.tags()?;
        Ok(Self { key_type, keys })
    }

    /// The error that every key gets, whatever it is.
    pub(crate) const fn error(&self) -> Option<ErrorCode> {
        if self.key_type == GROUP {
            None
        } else {
            Some(ErrorCode::InvalidRequest)
        }
    }

    /// What is asked for: in a version without batches exactly one.
    pub(crate) fn keys(&self) -> &[&'a str] {
        match &self.keys {
            Keys::One(key) => std::slice::from_ref(key),
            Keys::Batch(keys) => keys,
        }
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

    /// For people who read their client's log. The error that clients repeat in a loop has none.
    const fn message(&self) -> Option<&'static str> {
        match self.error() {
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
    mut found: impl ExactSizeIterator<Item = (&'a str, Found<B>)>,
) {
    if version >= 1 {
        writer.i32(0);
    }
    if version >= 4 {
        writer.array(found, |writer, (key, found)| {
            writer.string(key);
            found.write_place(writer);
            writer.i16(found.error().number());
            writer.nullable_string(found.message());
            writer.no_tags();
        });
    } else {
        let nothing = Found::Error(ErrorCode::InvalidRequest);
        let found = found.next().map_or(nothing, |(_, found)| found);
        writer.i16(found.error().number());
        if version >= 1 {
            writer.nullable_string(found.message());
        }
        found.write_place(writer);
    }
    writer.no_tags();
}
