use super::{MAX_STRING, Text};

/// Writes one response at the end of a buffer that may hold others.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    flexible: bool,
}

impl<'a> Writer<'a> {
    /// Writes strings and arrays compact, and tagged fields after structures, where `flexible`.
    pub(crate) const fn new(out: &'a mut Vec<u8>, flexible: bool) -> Self {
        Self { out, flexible }
    }

    pub(crate) fn i8(&mut self, value: i8) {
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn i16(&mut self, value: i16) {
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn i32(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.out.push(u8::from(value));
    }

    pub(crate) fn uuid(&mut self, value: [u8; 16]) {
        self.out.extend_from_slice(&value);
    }

    fn uvarint(&mut self, mut value: u32) {
        while value > 0x7f {
            self.out.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.out.push(value.to_le_bytes()[0]);
    }

    /// Every string that comes here was bounded when it was read or configured; a longer one would
    /// be cut, since a wrong length would make the client misread what follows.
    pub(crate) fn string(&mut self, text: &str) {
        let end = text.floor_char_boundary(MAX_STRING);
        self.name(Text::Utf8(text.get(..end).unwrap_or_default()));
    }

    /// A string as a client sent it.
    pub(crate) fn name(&mut self, name: Text<'_>) {
        let bytes = name.bytes();
        let bytes = bytes.get(..MAX_STRING).unwrap_or(bytes);
        let length = i16::try_from(bytes.len()).unwrap_or(i16::MAX);
        if self.flexible {
            self.uvarint(u32::from(length.unsigned_abs()) + 1);
        } else {
            self.i16(length);
        }
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn nullable_name(&mut self, name: Option<Text<'_>>) {
        match name {
            Some(name) => self.name(name),
            None => self.nullable_string(None),
        }
    }

    pub(crate) fn nullable_string(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None if self.flexible => self.uvarint(0),
            None => self.i16(-1),
        }
    }

    /// Bytes of any length. Nothing in memory comes near the 2 GiB that its field can tell.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        if self.flexible {
            self.uvarint(length.unsigned_abs() + 1);
        } else {
            self.i32(length);
        }
        self.out.extend_from_slice(bytes);
    }

    /// Writes the elements with their count before them.
    pub(crate) fn array<T>(
        &mut self,
        elements: impl ExactSizeIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let count = i32::try_from(elements.len()).unwrap_or(i32::MAX);
        if self.flexible {
            self.uvarint(count.unsigned_abs() + 1);
        } else {
            self.i32(count);
        }
        elements.for_each(|element| write(self, element));
    }

    /// No tagged fields, where there could be some.
    pub(crate) fn no_tags(&mut self) {
        if self.flexible {
            self.out.push(0);
        }
    }
}
