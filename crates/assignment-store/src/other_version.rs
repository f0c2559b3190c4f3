use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Undecodable, codec};

/// What another version of this program put into a record: fields that this one does not know, and the
/// very bytes, since compare-and-swap compares those.
#[derive(Debug, Clone, Default)]
pub struct OtherVersion(Option<Arc<Other>>);

#[derive(Debug, Clone, Default)]
struct Other {
    /// The format that its reader must know; 0 where that is no other than this version's.
    format: u32,
    /// The fields that are not known, by name.
    unknown: Map<String, Value>,
    /// The bytes as they were read; none where a record is yet to be written.
    as_read: Vec<u8>,
}

impl OtherVersion {
    /// Compares what was read with how this version would write it.
    pub(crate) fn read<T: Serialize>(
        format: u32,
        own: u32,
        bytes: &[u8],
        value: &T,
    ) -> Result<Self, Undecodable> {
        let written = codec::encode(own, value);
        if written == bytes {
            return Ok(Self(None));
        }
        let known: Map<String, Value> = codec::value(&written)?;
        let mut unknown: Map<String, Value> = codec::value(bytes)?;
        unknown.retain(|name, _| !known.contains_key(name));
        Ok(Self(Some(Arc::new(Other {
            format: if format > own { format } else { 0 },
            unknown,
            as_read: bytes.to_vec(),
        }))))
    }

    /// What the next writing of the record takes over: the fields, and not the bytes.
    #[must_use]
    pub fn carried(&self) -> Self {
        let other = self.0.as_deref().filter(|other| !other.unknown.is_empty());
        Self(other.map(|other| {
            Arc::new(Other {
                format: 0,
                unknown: other.unknown.clone(),
                as_read: Vec::new(),
            })
        }))
    }

    pub(crate) fn format(&self) -> u32 {
        self.0.as_ref().map_or(0, |other| other.format)
    }

    pub(crate) fn encode<T: Serialize>(&self, own: u32, value: &T) -> Vec<u8> {
        match self.0.as_deref() {
            None => codec::encode(own, value),
            Some(other) if other.as_read.is_empty() => {
                codec::encode_with(own, value, &other.unknown)
            }
            Some(other) => other.as_read.clone(),
        }
    }

    /// What makes one different from another: not whether it was read or is yet to be written.
    fn content(&self) -> Option<(u32, &Map<String, Value>)> {
        let content = self
            .0
            .as_deref()
            .map(|other| (other.format, &other.unknown));
        content.filter(|(format, unknown)| *format != 0 || !unknown.is_empty())
    }
}

impl PartialEq for OtherVersion {
    fn eq(&self, other: &Self) -> bool {
        self.content() == other.content()
    }
}

impl Eq for OtherVersion {}

impl Hash for OtherVersion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.content().is_some().hash(state);
    }
}
