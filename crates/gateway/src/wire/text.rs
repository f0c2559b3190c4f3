use super::{Element, Malformed, Reader};

/// A string of a request. Clients send names as their users wrote them: one that is not UTF-8 is
/// wrong where it stands, and is answered under its own bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text<'a> {
    Utf8(&'a str),
    Other(&'a [u8]),
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        std::str::from_utf8(bytes).map_or(Self::Other(bytes), Self::Utf8)
    }

    pub(crate) const fn utf8(self) -> Option<&'a str> {
        match self {
            Self::Utf8(text) => Some(text),
            Self::Other(_) => None,
        }
    }

    pub(crate) const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Utf8(text) => text.as_bytes(),
            Self::Other(bytes) => bytes,
        }
    }
}

impl<'a> Element<'a> for Text<'a> {
    fn read(reader: &mut Reader<'a>, _version: i16) -> Result<Self, Malformed> {
        reader.string("a name")
    }
}
