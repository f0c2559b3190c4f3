use super::{MAX_STRING, Malformed, Text};

/// Reads a request from its first byte to its last. Nothing is allocated, and no length is believed
/// before that many bytes are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader<'a> {
    left: &'a [u8],
    flexible: bool,
}

impl<'a> Reader<'a> {
    /// Reads strings and arrays the old way, with lengths of fixed size.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            left: bytes,
            flexible: false,
        }
    }

    /// Whether strings and arrays are compact from here on, and structures end with tagged fields.
    pub(crate) const fn set_flexible(&mut self, flexible: bool) {
        self.flexible = flexible;
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let short = Malformed::Short {
            missing: count.saturating_sub(self.left.len()),
        };
        let (taken, left) = self.left.split_at_checked(count).ok_or(short)?;
        self.left = left;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let short = Malformed::Short {
            missing: N.saturating_sub(self.left.len()),
        };
        let (taken, left) = self.left.split_first_chunk::<N>().ok_or(short)?;
        self.left = left;
        Ok(*taken)
    }

    pub(crate) fn i8(&mut self) -> Result<i8, Malformed> {
        Ok(i8::from_be_bytes(self.take_array()?))
    }

    pub(crate) fn i16(&mut self) -> Result<i16, Malformed> {
        Ok(i16::from_be_bytes(self.take_array()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Malformed> {
        Ok(i32::from_be_bytes(self.take_array()?))
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Malformed> {
        Ok(i64::from_be_bytes(self.take_array()?))
    }

    /// As Kafka reads it: anything but zero is true.
    pub(crate) fn bool(&mut self) -> Result<bool, Malformed> {
        Ok(self.i8()? != 0)
    }

    pub(crate) fn uuid(&mut self) -> Result<[u8; 16], Malformed> {
        self.take_array()
    }

    fn uvarint(&mut self) -> Result<u32, Malformed> {
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.take_array()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0x0f {
                return Err(Malformed::Varint);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed::Varint)
    }

    /// A length, or `None` for null. `fixed` reads it in the old form.
    fn length(
        &mut self,
        fixed: fn(&mut Self) -> Result<i32, Malformed>,
    ) -> Result<Option<usize>, Malformed> {
        if self.flexible {
            let length = self.uvarint()?.checked_sub(1);
            return length
                .map(|n| usize::try_from(n).map_err(|_| Malformed::Varint))
                .transpose();
        }
        match fixed(self)? {
            -1 => Ok(None),
            length => usize::try_from(length)
                .map(Some)
                .map_err(|_| Malformed::NegativeLength { length }),
        }
    }

    pub(crate) fn nullable_string(&mut self) -> Result<Option<Text<'a>>, Malformed> {
        let Some(bytes) = self.length(|r| r.i16().map(i32::from))? else {
            return Ok(None);
        };
        if bytes > MAX_STRING {
            return Err(Malformed::LongString { bytes });
        }
        Ok(Some(Text::new(self.take(bytes)?)))
    }

    pub(crate) fn string(&mut self, what: &'static str) -> Result<Text<'a>, Malformed> {
        self.nullable_string()?.ok_or(Malformed::Null { what })
    }

    /// Bytes of any length, which is no more than what is left.
    pub(crate) fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let count = self.length(Self::i32)?.ok_or(Malformed::Null { what })?;
        self.take(count)
    }

    /// How many elements follow, none that the bytes left can't hold when each takes at least
    /// `element` bytes; `None` for null.
    pub(crate) fn nullable_array(&mut self, element: usize) -> Result<Option<usize>, Malformed> {
        let Some(count) = self.length(Self::i32)? else {
            return Ok(None);
        };
        let missing = count
            .saturating_mul(element)
            .saturating_sub(self.left.len());
        if missing > 0 {
            return Err(Malformed::Short { missing });
        }
        Ok(Some(count))
    }

    pub(crate) fn array(&mut self, what: &'static str, element: usize) -> Result<usize, Malformed> {
        self.nullable_array(element)?
            .ok_or(Malformed::Null { what })
    }

    /// Skips the tagged fields that end a structure, where it has any.
    pub(crate) fn tags(&mut self) -> Result<(), Malformed> {
        if !self.flexible {
            return Ok(());
        }
        let count = self.uvarint()?;
        let mut last = None;
        for _ in 0..count {
            let tag = self.uvarint()?;
            if last >= Some(tag) {
                return Err(Malformed::TagOrder);
            }
            last = Some(tag);
            let size = usize::try_from(self.uvarint()?).unwrap_or(usize::MAX);
            self.take(size)?;
        }
        Ok(())
    }

    /// Skips the rest where it has exactly so many bytes.
    pub(crate) const fn skip_rest_of(&mut self, count: usize) {
        if self.left.len() == count {
            self.left = &[];
        }
    }

    /// Ends reading.
    pub(crate) const fn finish(self) -> Result<(), Malformed> {
        match self.left.len() {
            0 => Ok(()),
            count => Err(Malformed::Trailing { count }),
        }
    }
}

#[cfg(test)]
mod tests;
