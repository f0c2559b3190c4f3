use std::marker::PhantomData;

use super::{Malformed, Reader};

/// What an array of a request consists of.
pub(crate) trait Element<'a>: Sized {
    /// Reads one of them in this version of its API.
    fn read(reader: &mut Reader<'a>, version: i16) -> Result<Self, Malformed>;
}

/// An array of a request that was read to its end and is not kept: its elements are read again where
/// they are needed, so that a long one takes no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct List<'a, T> {
    elements: Elements<'a, T>,
}

/// What is left of a [`List`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elements<'a, T> {
    left: usize,
    reader: Reader<'a>,
    version: i16,
    kind: PhantomData<T>,
}

impl<'a, T: Element<'a>> List<'a, T> {
    /// Of nothing.
    pub(crate) const EMPTY: Self = Self {
        elements: Elements {
            left: 0,
            reader: Reader::new(&[]),
            version: 0,
            kind: PhantomData,
        },
    };

    /// Reads past so many elements.
    pub(crate) fn read(
        reader: &mut Reader<'a>,
        count: usize,
        version: i16,
    ) -> Result<Self, Malformed> {
        let elements = Elements {
            left: count,
            reader: *reader,
            version,
            kind: PhantomData,
        };
        for _ in 0..count {
            T::read(reader, version)?;
        }
        Ok(Self { elements })
    }

    pub(crate) const fn len(&self) -> usize {
        self.elements.left
    }

    pub(crate) fn iter(&self) -> Elements<'a, T>
    where
        T: Copy,
    {
        self.elements
    }
}

impl<'a, T: Element<'a>> Iterator for Elements<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        // It was read once, so it can be read again.
        T::read(&mut self.reader, self.version).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, T: Element<'a>> ExactSizeIterator for Elements<'a, T> {}

impl<'a> Element<'a> for i32 {
    fn read(reader: &mut Reader<'a>, _version: i16) -> Result<Self, Malformed> {
        reader.i32()
    }
}
